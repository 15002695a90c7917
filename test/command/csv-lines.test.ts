import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { allCells, cellsOf, csvLines } from '../../src/command/csv-lines.ts'

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

const isBlank = (cells: readonly string[]): boolean => cells.length === 1 && cells[0] === ''
const lines = (text: string) => [...csvLines(text)]

describe('the lines of a CSV file', () => {
  it.each([
    ['a,b\n1,2\n', [1, 2]],
    ['a,b\r\n1,2', [1, 2]],
    ['a\n\n\r\nb', [1, 4]],
    ['a,"x\ny\n"\nb\n', [1, 4]],
    ['a,"x"\nb,c\n"y\n"\nd', [1, 2, 3, 5]],
    ['', []],
    ['\n\n', []],
  ] as const)('of %j begin at %j', (text, numbers) => {
    expect(lines(text).map(({ number }) => number)).toEqual(numbers)
  })

  it('hold a quote in the middle of a cell as it is', () => {
    const text = 'disk,5" drive\nfan,"6"" fan"\nbelt,12\n'

    expect(lines(text).map((line) => cellsOf(line.text, [0, 1]))).toEqual([
      ['disk', '5" drive'],
      ['fan', '6" fan'],
      ['belt', '12'],
    ])
  })

  it('end where they end, after a quote that is never closed', () => {
    expect(lines('a\n"b\nc\n')).toEqual([
      { number: 1, text: 'a', unclosed: false },
      { number: 2, text: '"b', unclosed: true },
      { number: 3, text: 'c', unclosed: false },
    ])
  })

  it('have their cells where they are asked for, and nothing where they are too short', () => {
    expect(cellsOf(' a , b ,c', [2, 0, -1, 5])).toEqual(['c', 'a', '', ''])
    expect(cellsOf(' a ," b, ""c"" ",', [1, 0, -1, 5, 2])).toEqual(['b, "c"', 'a', '', '', ''])
    expect(allCells(',"a"b,,')).toEqual(['', 'ab', '', ''])
  })

  it('may be huge', () => {
    const cell = '""'.repeat(500_000)
    const [line, next] = lines(`"${cell}",${'x,'.repeat(500_000)}\nb`)

    expect(cellsOf(line?.text as string, [0, 1])).toEqual(['"'.repeat(500_000), 'x'])
    expect(next).toEqual({ number: 2, text: 'b', unclosed: false })
  })

  const letters = fc.string({ unit: fc.constantFrom('a', 'b', ',', ',', '"', '"', '\n', ' ', 'é'), maxLength: 40 })

  it('are what a parser finds that goes letter by letter', () => {
    fc.assert(
      fc.property(letters, (text) => {
        const found = lines(text)
        const known = naive(text)
        expect(found.some(({ unclosed }) => unclosed)).toBe(known === undefined)
        if (known === undefined) return
        const wanted = known.filter((cells) => !isBlank(cells))
        expect(found.map((line) => allCells(line.text)).filter((cells) => !isBlank(cells))).toEqual(wanted)
        expect(found.map((line) => cellsOf(line.text, [2, 0]))).toEqual(
          found.map((line) => allCells(line.text)).map((cells) => [cells[2] ?? '', cells[0] ?? '']),
        )
      }),
      { numRuns: 3000 },
    )
  })

  it('come back from what was written', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', 'é'), minLength: 1, maxLength: 5 })
    const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`

    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { minLength: 1 }), (rows) => {
        const text = rows.map((cells) => cells.map(quoted).join(',')).join('\r\n')
        const read = lines(text).map((line) => allCells(line.text))
        expect(read).toEqual(rows.map((cells) => cells.map((one) => one.trim())))
      }),
    )
  })
})
