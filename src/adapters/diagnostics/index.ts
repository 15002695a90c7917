export { channelNames } from './channel-names.ts'
export { type Diagnostics, type PublishDiagnosticsOptions, publishDiagnostics } from './publish-diagnostics.ts'
