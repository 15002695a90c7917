/**
 * What exporters show of one kind of policy, as data: its events, gauges, states and members.
 *
 * Each module with a policy has such a description in its `telemetry.ts`. Metrics, spans, diagnostics channels and the dashboard
 * iterate over it. Only `metrics/kinds.ts` imports these files, so a program without an exporter carries none of them.
 */
import type { BaseEvents } from './events.ts'
import type { BasePolicy } from './policy.ts'

/** A metric with the names of OpenTelemetry, without the namespace `holdfast`. */
export interface MetricTelemetry {
  /** Lower case, dotted: `retry.attempts`. */
  readonly name: string
  /** UCUM: `s`, `1` for ratios, or what is counted, in braces: `{call}`. */
  readonly unit: string
  readonly description: string
  /** Labels beside those of the policy's place and name, each with its attribute. */
  readonly attributes?: Readonly<Record<string, string>>
}

/** A label whose value a field of the payload gives. */
export interface LabelTelemetry<Field extends string = string> {
  readonly label: string
  readonly field: Field
  /** Label values that have a series from the start, at 0. */
  readonly initial: readonly string[]
  /** Label values of field values that have another name in metrics. */
  readonly rename?: Readonly<Record<string, string>>
}

/** A counter that goes up by one for each event. */
export interface EventCounterTelemetry<Field extends string = string> {
  readonly metric: MetricTelemetry
  /** Labels with the same value each time. */
  readonly labels?: Readonly<Record<string, string>>
  readonly by?: LabelTelemetry<Field>
  /** The counter belongs to the member that the payload names, not to the policy. */
  readonly ofMember?: true
}

/** A histogram of a duration that the payload carries in ms. */
export interface EventHistogramTelemetry<Field extends string = string> {
  readonly metric: MetricTelemetry
  readonly field: Field
}

export interface EventTelemetry<Field extends string = string> {
  readonly counter?: EventCounterTelemetry<Field>
  readonly histogram?: EventHistogramTelemetry<Field>
  /** Emitted on every successful call: exporters leave it out, since a subscription slows down each call. */
  readonly everyCall?: true
}

/** A number that is read when an exporter asks. */
export interface GaugeTelemetry<Subject = unknown> {
  readonly metric: MetricTelemetry
  /** Whether the values of several processes may be added up. */
  readonly additive: boolean
  /** The value in the metric's unit; undefined where it is not known. Must not fix the policy's clock. */
  read(subject: Subject): number | undefined
}

/** Policies that are in one of several states. */
export interface StatesTelemetry<Subject = unknown, Event extends string = string> {
  readonly names: readonly string[]
  read(policy: Subject): string
  /** The events that begin a state, each with that state. */
  readonly begunBy: Readonly<Partial<Record<Event, string>>>
  /** 1 for the present state, with the label `state`. */
  readonly status: MetricTelemetry
  /** Seconds in each state, with the label `state`. */
  readonly time: MetricTelemetry
  /** Changes, with the labels `from` and `to`. */
  readonly transitions: MetricTelemetry
  /** Changes that have a series from the start. */
  readonly usual: readonly (readonly [from: string, to: string])[]
}

/** Policies that choose among members. */
export interface MembersTelemetry<Subject = unknown, Member = unknown, Event extends string = string> {
  list(policy: Subject): readonly (Member & { readonly name: string })[]
  /** The policies that guard members, by the member's name. */
  guards(policy: Subject): ReadonlyMap<string, BasePolicy>
  /** The event after which `list` is another. */
  readonly changedBy: Event
  readonly states: readonly string[]
  stateOf(member: Member): string
  /** How many members are in each state, with the label `state`. */
  readonly count: MetricTelemetry
  /** 1 for the present state of a member, with the label `state`. */
  readonly status: MetricTelemetry
  readonly gauges: Readonly<Record<string, GaugeTelemetry<Member>>>
}

export interface DashboardTelemetry<Event extends string = string> {
  /** How the ids of its facts begin. */
  readonly id: string
  /** The numbers it shows, by the word for them, each with the event it counts. */
  readonly counts: Readonly<Record<string, Event>>
}

/** How a field of a payload appears on an event of a span. */
export interface SpanFieldTelemetry {
  readonly attribute: string
  /** The field is in ms, the attribute in seconds. */
  readonly duration?: true
}

type OwnEvent<Events> = Exclude<keyof Events, keyof BaseEvents> & string

/** `Subject` is the policy as its users see it, `Events` its events, `Member` a member it chooses from. */
export interface PolicyTelemetry<
  Subject = unknown,
  Events = Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  Member = unknown,
> {
  readonly kind: string
  /** The label that carries the policy's name, and its attribute. */
  readonly label: readonly [label: string, attribute: string]
  /** Each of its own events. */
  readonly events: { readonly [E in OwnEvent<Events>]: EventTelemetry<keyof Events[E] & string> }
  readonly gauges?: Readonly<Record<string, GaugeTelemetry<Subject>>>
  readonly states?: StatesTelemetry<Subject, OwnEvent<Events>>
  readonly members?: MembersTelemetry<Subject, Member, OwnEvent<Events>>
  /** The series that counts the calls this policy made good after a failure. */
  readonly saves?: { readonly metric: MetricTelemetry; readonly labels: Readonly<Record<string, string>> }
  /** The policy may run the operation more than once in a call, so each attempt gets a span. */
  readonly repeats?: true
  /** The policy is the sum of its parts, which are shown in its place. */
  readonly composite?: true
  readonly dashboard: DashboardTelemetry<OwnEvent<Events>>
  /** Fields of its payloads on spans, beside those that many kinds have. */
  readonly spanFields?: Readonly<Record<string, SpanFieldTelemetry>>
}
