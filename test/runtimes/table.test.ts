import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { root } from './bundle.ts'
import { filesFor, leftOut, suites, testsWithout } from './suites.ts'
import { tableOf } from './table.ts'

describe('the table of the runtimes', () => {
  it('says how many tests passed, how many of all where some failed, and why something does not run', () => {
    const rows = [
      { title: 'tests', cells: [{ passed: 3, failed: 0 }, { passed: 2, failed: 1 }, undefined] },
      {
        title: 'entry',
        cells: [{ passed: 1, failed: 0, loads: true }, { passed: 0, failed: 1, loads: false }, { why: 'it is so' }],
      },
    ]

    expect(tableOf(['A', 'B', 'C'], rows)).toBe(
      [
        '|  | A | B | C |',
        '| --- | --: | --: | --: |',
        '| tests | 3 | **2 of 3** | not here |',
        '| entry | yes | **wrong** | no (1) |',
        '',
        '1. it is so',
      ].join('\n'),
    )
  })
})

describe('what is left out', () => {
  it('is there to be left out', () => {
    for (const { file } of leftOut) expect(existsSync(`${root}${file}`), file).toBe(true)
  })

  it('is left out where it says, and nowhere else', () => {
    const context = suites.find(({ files }) =>
      files.includes('test/runtimes/own/context.ts'),
    ) as (typeof suites)[number]

    expect(filesFor('Chromium', context)).toEqual([])
    expect(filesFor('workerd', context)).toEqual(['test/runtimes/own/context.ts'])
    expect(Object.keys(testsWithout('workerd'))).toContain('test/core/errors.test.ts')
    expect(Object.keys(testsWithout('Node 20'))).not.toContain('test/core/errors.test.ts')
  })
})
