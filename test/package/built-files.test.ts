import { describe, expect, it } from 'vitest'
import { faultsOf } from '../../.ci/package/built-files.mjs'

describe('a built file', () => {
  it.each([
    ['class A { #policy; constructor(policy) { this.#policy = exports.policy = policy } }'],
    ['class A { #policy = exports.policy = 1 }'],
    ['function make() { exports.made = 1 }'],
    ['const make = () => { module.exports = make }'],
    ["const make = () => Object.defineProperty(exports, 'made', { value: 1 })"],
  ])('must not write to its exports while its code runs: %s', (text) => {
    expect(faultsOf('chunk.cjs', text)).toEqual(['chunk.cjs:1: `exports` inside a function or a class'])
  })

  it.each([
    ['exports.a = a; exports.b = exports.c = c'],
    ['module.exports = { a }'],
    ["Object.defineProperty(exports, 'a', { enumerable: true, get: function () { return chunk.a } })"],
    ['function list(manifest) { return [manifest.exports, { exports: 1 }] }'],
  ])('may write to them at its top: %s', (text) => {
    expect(faultsOf('chunk.cjs', text)).toEqual([])
  })

  it('may use the name `exports` for its own where it is an ES module', () => {
    expect(faultsOf('command.js', 'var wrapped = (exports) => { exports.a = 1 }')).toEqual([])
  })

  it.each([
    ["import { readFile } from 'fs/promises'", 'fs/promises'],
    ["export { join } from 'path'", 'path'],
    ["const net = require('net')", 'net'],
    ['var o=x("process")', 'process'],
    ["const fs = await import('fs')", 'fs'],
    ["import type { Server } from 'http'", 'http'],
    ["type Server = import('http').Server", 'http'],
  ])('asks for modules of Node by their node: name: %s', (text, name) => {
    expect(faultsOf('file.d.ts', text)).toEqual([`file.d.ts:1: '${name}' without node:`])
    expect(faultsOf('file.d.ts', text.replace(/(['"])(?=[^'"]+\1)/, '$1node:'))).toEqual([])
  })
})
