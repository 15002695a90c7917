/** A resolver that knows what a test tells it. */
import type { AddressRecord, DnsResolver, ServiceRecord } from 'holdfast/dns'

export const denied = (code: string) => Object.assign(new Error(`query ${code}`), { code })

type Said<T> = readonly T[] | Error | 'silence'

export interface FakeResolver extends DnsResolver {
  /** By question, as `A name`; what it does not know does not exist. */
  readonly said: Map<string, Said<AddressRecord> | Said<ServiceRecord>>
  readonly asked: readonly string[]
}

export function fakeResolver(): FakeResolver {
  const said: FakeResolver['said'] = new Map()
  const asked: string[] = []
  const answer = async <T>(key: string): Promise<readonly T[]> => {
    asked.push(key)
    const what = (said.get(key) ?? denied('ENOTFOUND')) as Said<T>
    if (what === 'silence') return new Promise(() => {})
    if (what instanceof Error) throw what
    return what
  }
  return {
    said,
    asked,
    resolve4: (host) => answer(`A ${host}`),
    resolve6: (host) => answer(`AAAA ${host}`),
    resolveSrv: (service) => answer(`SRV ${service}`),
  }
}

export const addresses = (ttl: number, ...list: readonly string[]): readonly AddressRecord[] =>
  list.map((address) => ({ address, ttl }))
