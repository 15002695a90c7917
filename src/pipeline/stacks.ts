/**
 * The policies of a pipeline as the stacks that a call may pass: one, or several where a pool or a `keyed` chooses among policies.
 *
 * Of choices that differ in nothing but names there is one stack, so a pool of a hundred equal members has one.
 */
import type { Contribution, Description } from '../core/description.ts'
import { written } from './written.ts'

/** A policy in a stack. */
export interface StackedPolicy {
  /** From 1; a policy of a member has the position of its pool. */
  readonly position: number
  readonly name: string
  readonly kind: string
  /** The member or key whose policy it is. */
  readonly member: string | undefined
  /** Undefined where it is not known what it does. */
  readonly contribution: Contribution | undefined
  readonly self: object
}

/** Outermost first. */
export type Stack = readonly StackedPolicy[]

/** Outermost first; nested pipelines are flattened. */
export function flatten(description: Description): readonly Description[] {
  return description.kind === 'pipeline' ? description.parts.flatMap(flatten) : [description]
}

/** It runs what is inside more than once. */
export function repeats({ contribution }: StackedPolicy): boolean {
  return (contribution?.runs ?? 1) > 1
}

/** All policies that a call may pass, also those of equal members. */
export function allOf(policies: readonly Description[], position?: number, member?: string): Stack {
  return policies.flatMap((description, index) => {
    const policy = stacked(description, position ?? index + 1, member)
    const inside = (policy.contribution?.oneOf ?? []).flatMap(([name, made]) =>
      allOf(flatten(made), policy.position, name),
    )
    return [policy, ...inside]
  })
}

/** The stacks of these policies. */
export function stacksOf(policies: readonly Description[], position?: number, member?: string): readonly Stack[] {
  let stacks: readonly Stack[] = [[]]
  for (const [index, description] of policies.entries()) {
    const policy = stacked(description, position ?? index + 1, member)
    const choices = different(
      (policy.contribution?.oneOf ?? []).flatMap(([name, made]) => stacksOf(flatten(made), policy.position, name)),
    )
    stacks = stacks.flatMap((stack) => choices.map((choice) => [...stack, policy, ...choice]))
  }
  return stacks
}

function stacked({ name, kind, self }: Description, position: number, member: string | undefined): StackedPolicy {
  return { position, name, kind, member, contribution: self.contribution(), self }
}

function different(choices: readonly Stack[]): readonly Stack[] {
  if (choices.length === 0) return [[]]
  return [...new Map(choices.toReversed().map((choice) => [shapeOf(choice), choice])).values()].reverse()
}

/** Text that differs where anything but names and functions does. */
function shapeOf(stack: Stack): string {
  return JSON.stringify(
    stack.map(({ kind, contribution }) => [kind, contribution]),
    (key, value) => {
      if (key === 'oneOf') return undefined
      return key === 'rule' || typeof value === 'number' ? written(value) : value
    },
  )
}
