/** A policy of a kind without telemetry: exporters know it by the events it emits. */
import { BasePolicy } from '../../src/core/policy.ts'

export class UndescribedPolicy extends BasePolicy {
  protected readonly traits = {}
  protected readonly emits = ['success', 'shed', 'slowDown']
  protected readonly options = {}

  constructor(name = 'shedder') {
    super('shedder', { name })
  }

  shed(): void {
    this.events.emit('shed', { reason: 'load', inFlight: 7 })
  }
}
