/** A tracer that keeps the spans that have ended, in the order they ended. */
import { context, type Tracer } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  type Sampler,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base'

/** What a span says, in short. */
export interface Said {
  readonly name: string
  readonly parent: string | undefined
  readonly attributes: Readonly<Record<string, unknown>>
  /** 0 unset, 2 error. */
  readonly status: number
  readonly events: readonly (readonly [name: string, attributes: unknown])[]
}

export class Spans {
  readonly tracer: Tracer
  readonly #exporter = new InMemorySpanExporter()

  constructor(sampler?: Sampler) {
    const spanProcessors = [new SimpleSpanProcessor(this.#exporter)]
    const provider = new BasicTracerProvider(sampler === undefined ? { spanProcessors } : { spanProcessors, sampler })
    this.tracer = provider.getTracer('test')
  }

  get finished(): readonly ReadableSpan[] {
    return this.#exporter.getFinishedSpans()
  }

  get all(): readonly Said[] {
    const names = new Map(this.finished.map((span) => [span.spanContext().spanId, span.name]))
    return this.finished.map((span) => ({
      name: span.name,
      parent: names.get(span.parentSpanContext?.spanId ?? ''),
      attributes: span.attributes,
      status: span.status.code,
      events: span.events.map(({ name, attributes }) => [name, attributes]),
    }))
  }

  named(name: string): readonly Said[] {
    return this.all.filter((span) => span.name === name)
  }

  /** The one of this name. */
  one(name: string): Said {
    const [span, ...others] = this.named(name)
    if (span === undefined || others.length > 0) throw new Error(`${others.length + 1} spans are named ${name}`)
    return span
  }
}

/** Has contexts follow the code, as an application's set-up does; gives what ends that. */
export function followContexts(): () => void {
  const manager = new AsyncLocalStorageContextManager().enable()
  context.setGlobalContextManager(manager)
  return () => {
    context.disable()
    manager.disable()
  }
}
