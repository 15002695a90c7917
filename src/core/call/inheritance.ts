/**
 * What a call inherits from the code around it.
 *
 * `holdfast/context` fills in how, when it is first used. Until then there is nothing to inherit, and a program that does not use it
 * carries none of it.
 */
import type { CallOptions } from './call.ts'
import type { CallOwner } from './call-owner.ts'
import type { Operation } from './scope.ts'

/** A call with what it inherits. */
export interface InheritingCall {
  readonly operation: Operation
  readonly options: CallOptions
}

/** Adds what the call inherits here; undefined where there is nothing to inherit. */
export type Inherit = (
  operation: Operation,
  options: CallOptions | undefined,
  owner: CallOwner,
) => InheritingCall | undefined

let inherit: Inherit | undefined

export function inheritBy(way: Inherit): void {
  inherit = way
}

export const inheriting: Inherit = (operation, options, owner) => inherit?.(operation, options, owner)
