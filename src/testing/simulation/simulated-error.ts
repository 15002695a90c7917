/** The errors of simulated members. */

/** Why a simulated member did not serve a request. */
export type SimulatedCode =
  /** It is down. */
  | 'ECONNREFUSED'
  /** It went down while the request was under way. */
  | 'ECONNRESET'
  /** Its queue is full. */
  | 'SIM_BUSY'
  /** It answered with an error. */
  | 'SIM_FAILED'

const reasons: Readonly<Record<SimulatedCode, string>> = {
  ECONNREFUSED: 'refused: it is down',
  ECONNRESET: 'lost: it went down',
  SIM_BUSY: 'refused: its queue is full',
  SIM_FAILED: 'answered with an error',
}

/** The rejection of an operation at a simulated member. */
export class SimulatedError extends Error {
  override readonly name = 'SimulatedError'
  readonly code: SimulatedCode
  /** The member's name. */
  readonly member: string

  constructor(member: string, code: SimulatedCode) {
    super(`${member}: the request was ${reasons[code]}`)
    this.code = code
    this.member = member
  }
}
