import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CsvRecord } from '../../../src/command/csv/csv-record.ts'
import { allCells, cellsOf } from '../../../src/command/csv/plain-cells.ts'
import { CsvRecords } from '../../../src/command/csv/records.ts'

interface Line {
  readonly number: number
  readonly cells: readonly string[] | undefined
}

/** As they come, in pieces of this length. */
function records(text: string, piece = text.length + 1, separator = ','): readonly Line[] {
  const found: CsvRecord[] = []
  const reader = new CsvRecords(separator, (record) => found.push(record))
  for (let at = 0; at < text.length; at += piece) reader.push(text.slice(at, at + piece))
  reader.end()
  return found.map(({ number, line, cells, bad }) => ({
    number,
    cells: bad === undefined ? (cells ?? allCells(line as string, separator)) : undefined,
  }))
}

/** Letter by letter; lines of cells, blank lines left out. Undefined where a quote is never closed. */
function naive(text: string): readonly (readonly string[])[] | undefined {
  const lines: string[][] = [[]]
  let cell = ''
  let state: 'start' | 'plain' | 'quoted' | 'after' = 'start'
  const end = (): void => {
    lines.at(-1)?.push(cell.trim())
    cell = ''
    state = 'start'
  }
  for (let at = 0; at < text.length; at++) {
    const letter = text[at] as string
    if (state === 'quoted') {
      if (letter !== '"') cell += letter
      else if (text[at + 1] === '"') cell += text[at++]
      else state = 'after'
    } else if (letter === ',') end()
    else if (letter === '\n') {
      end()
      lines.push([])
    } else if (letter === '"' && state === 'start') state = 'quoted'
    else {
      cell += letter
      if (state === 'start') state = 'plain'
    }
  }
  if ((state as string) === 'quoted') return undefined
  end()
  return lines
}

const isBlank = (cells: readonly string[] | undefined): boolean => cells?.length === 1 && cells[0] === ''

describe('the records of a CSV file', () => {
  it.each([
    ['a,b\n1,2\n', [1, 2]],
    ['a,b\r\n1,2', [1, 2]],
    ['a\n\n\r\nb', [1, 4]],
    ['a,"x\ny\n"\nb\n', [1, 4]],
    ['a,"x\r\ny\r\n"\r\nb\r\n', [1, 4]],
    ['a,"x"\nb,c\n"y\n"\nd', [1, 2, 3, 5]],
    ['"a"\n\n"b"\n', [1, 3]],
    ['', []],
    ['\n\n', []],
  ] as const)('of %j begin at %j', (text, numbers) => {
    for (const piece of [1, 2, 100]) expect(records(text, piece).map(({ number }) => number)).toEqual(numbers)
  })

  it('keep a quote in the middle of a cell', () => {
    expect(records('disk,5" drive\nfan,"6"" fan"\nbelt,12\n').map(({ cells }) => cells)).toEqual([
      ['disk', '5" drive'],
      ['fan', '6" fan'],
      ['belt', '12'],
    ])
  })

  it('may have spaces around their quotes', () => {
    expect(records('"a" , "b,c" ,d\n')[0]?.cells).toEqual(['a', 'b,c', 'd'])
  })

  it('end at their line end after a quote that is never closed', () => {
    expect(records('a\n"b\nc\n')).toEqual([
      { number: 1, cells: ['a'] },
      { number: 2, cells: undefined },
      { number: 3, cells: ['c'] },
    ])
    expect(records('"a"\n"b\nc\n')).toEqual([
      { number: 1, cells: ['a'] },
      { number: 2, cells: undefined },
      { number: 3, cells: ['c'] },
    ])
  })

  it('continue after a quote that is not closed within a million characters', () => {
    const rows = Array.from({ length: 30_000 }, (_, index) => `row ${index},${'x'.repeat(40)}\n`)
    const found = records(`a,"b\n${rows.join('')}`, 5000)

    expect(found).toHaveLength(30_001)
    expect(found[0]).toEqual({ number: 1, cells: undefined })
    expect(found[30_000]?.cells?.[0]).toBe('row 29999')
  })

  it('have the cells of the requested columns, empty if they are too short', () => {
    expect(cellsOf(' a , b ,c', ',', [2, 0, 5])).toEqual(['c', 'a', ''])
    expect(cellsOf('a;b', ';', [1])).toEqual(['b'])
    expect(records(',"ab",,')[0]?.cells).toEqual(['', 'ab', '', ''])
  })

  it('may be huge', () => {
    const cell = '""'.repeat(500_000)
    const [line, next] = records(`"${cell}",${'x,'.repeat(500_000)}\nb`)

    expect(line?.cells?.slice(0, 2)).toEqual(['"'.repeat(500_000), 'x'])
    expect(next).toEqual({ number: 2, cells: ['b'] })
  })

  it('are the same wherever the quotes are, and however many', () => {
    const rows = Array.from({ length: 2000 }, (_, index) =>
      index % 3 === 1 ? [`a ${index}`, 'x,y'] : [`b ${index}`, 'z'],
    )
    const text = (all: boolean): string =>
      rows.map(([one, two]) => (all || two?.includes(',') ? `"${one}","${two}"` : `${one},${two}`)).join('\n')

    for (const all of [true, false]) expect(records(text(all), 77).map(({ cells }) => cells)).toEqual(rows)
  })

  // A quote is there only where it opens or closes a cell: what others mean, the parser says.
  const cell = fc.oneof(
    fc.string({ unit: fc.constantFrom('a', ' ', 'é'), maxLength: 3 }),
    fc.string({ unit: fc.constantFrom('a', ',', '""', '\n', 'é'), maxLength: 4 }).map((text) => `"${text}"`),
  )
  const written = fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }).map((cells) => cells.join(',')))

  it('equal those of a parser that reads character by character', () => {
    fc.assert(
      fc.property(written, fc.integer({ min: 1, max: 9 }), (lines, piece) => {
        const text = lines.join('\n')
        const wanted = (naive(text) ?? []).filter((cells) => !isBlank(cells))
        expect(
          records(text, piece)
            .map(({ cells }) => cells)
            .filter((cells) => !isBlank(cells)),
        ).toEqual(wanted)
      }),
      { numRuns: 2000 },
    )
  })
})
