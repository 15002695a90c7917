/** The only file that imports Node's channels. */
export { type Channel, channel } from 'node:diagnostics_channel'
