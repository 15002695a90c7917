import { expect, it } from 'vitest'
import { flatRecord } from '../../../src/command/json/flat-record.ts'
import { listIn, recordsIn } from '../../../src/command/json/lists.ts'

const records = (value: unknown): readonly unknown[] => [...recordsIn(value, (record) => 'start' in record)]

it('records are found in lists, in documents, and in nested lists', () => {
  const [a, b] = [{ start: 1 }, { start: 2 }]

  expect(records([a, [b]])).toEqual([a, b])
  expect(records({ incidents: [a, b] })).toEqual([a, b])
  expect(records({ summary: { states: [a] } })).toEqual([a])
  expect(records({ start: 1, incidents: [a] })).toEqual([{ start: 1, incidents: [a] }])
  expect(records({ data: [7, null] })).toEqual([7, null])
  expect(records(7)).toEqual([7])
})

it('records get the fields beside their list', () => {
  const value = {
    stat: 'ok',
    page: { id: 1 },
    monitors: [
      { name: 'x', logs: [{ start: 1 }] },
      { name: 'y', logs: [] },
    ],
  }

  expect(records(value)).toEqual([{ '^stat': 'ok', '^name': 'x', start: 1 }])
})

it('a list may be empty or missing', () => {
  expect([listIn({ incidents: [] }), listIn({ data: {} }), listIn([]), listIn(null)]).toEqual([
    'incidents',
    undefined,
    undefined,
    undefined,
  ])
})

it('a record is flattened, without values nested too deep', () => {
  const record = { a: 1, b: null, c: { d: { e: { f: { g: 1 } } }, h: true }, list: [{ name: 'x' }, 'y', 'z', 'none'] }

  expect(Object.fromEntries(flatRecord(record))).toEqual({
    a: '1',
    b: '',
    'c.h': 'true',
    'list.0.name': 'x',
    'list.1': 'y',
    'list.2': 'z',
  })
})
