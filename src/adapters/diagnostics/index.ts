export { channelNames } from './names.ts'
export { type Diagnostics, type PublishDiagnosticsOptions, publishDiagnostics } from './publish-diagnostics.ts'
