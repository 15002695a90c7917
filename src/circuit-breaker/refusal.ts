/** The error a breaker refuses with. */
import { CircuitOpenError, type CircuitOpenReason, stackless } from '../core/errors.ts'

const Open = stackless(CircuitOpenError)
const said = { open: 'open', 'half-open': 'half-open, its probes are under way', isolated: 'isolated' }

export function circuitOpen(name: string, reason: CircuitOpenReason, retryAfter: number | undefined): CircuitOpenError {
  return new Open(`${name}: circuit is ${said[reason]}`, name, retryAfter, reason)
}
