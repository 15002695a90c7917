export { type GoodBad, mcr } from './mcr.ts'
export {
  type UserUptime,
  type UserUptimeOptions,
  type UserUptimeReport,
  userUptime,
} from './user-uptime.ts'
