import { type UpstreamBlockOptions, upstreamBlock } from 'holdfast/nginx'
import { describe, expect, it } from 'vitest'

const servers = (...targets: readonly unknown[]) => targets.map((target) => ({ target }))

/** The lines of servers, without `server` and the end. */
function linesOf(options: Omit<UpstreamBlockOptions, 'upstream'>): readonly string[] {
  const text = upstreamBlock({ upstream: 'u', ...options })
  return [...text.matchAll(/^ {4}server (.*);$/gm)].map((match) => match[1] as string)
}

const weightsOf = (...weights: readonly number[]) =>
  linesOf({ servers: weights.map((weight) => ({ target: 'h:1', weight })) }).map((line) => line.slice(4))

describe('upstreamBlock', () => {
  it('renders a block, line by line', () => {
    const text = upstreamBlock({
      upstream: 'api',
      directives: ['least_conn', 'keepalive 32'],
      maxFails: 0,
      failTimeout: '1500ms',
      servers: [
        { target: '10.0.0.1:80', weight: 5 },
        { target: '10.0.0.2:80', down: true },
        { target: '10.0.0.3:80', backup: true },
      ],
    })

    expect(text).toBe(
      'upstream api {\n' +
        '    least_conn;\n' +
        '    keepalive 32;\n' +
        '    server 10.0.0.1:80 weight=5 max_fails=0 fail_timeout=2s;\n' +
        '    server 10.0.0.2:80 weight=1 max_fails=0 fail_timeout=2s down;\n' +
        '    server 10.0.0.3:80 weight=1 max_fails=0 fail_timeout=2s backup;\n' +
        '}\n',
    )
  })

  it('keeps whole weights, and scales others so that the greatest is 100 and none is below 1', () => {
    expect(weightsOf(5, 1, 1)).toEqual(['weight=5', 'weight=1', 'weight=1'])
    expect(weightsOf(1000, 1)).toEqual(['weight=1000', 'weight=1'])
    expect(weightsOf(0.5, 0.25)).toEqual(['weight=100', 'weight=50'])
    expect(weightsOf(5, 0.1, 0.001)).toEqual(['weight=100', 'weight=2', 'weight=1'])
  })

  it('marks servers of weight 0 as down, unless all are 0', () => {
    expect(weightsOf(0, 2)).toEqual(['weight=1 down', 'weight=2'])
    expect(weightsOf(0, 0.5)).toEqual(['weight=1 down', 'weight=100'])
    expect(weightsOf(0, 0)).toEqual(['weight=1', 'weight=1'])
  })

  it('accepts addresses, URLs and records', () => {
    const targets = [
      '10.0.0.1:8000',
      'api.example.com',
      '[::1]:80',
      'unix:/run/api.sock',
      'http://10.0.0.1/path?query',
      'https://api.example.com',
      new URL('http://[2001:db8::1]:8080'),
      { host: '10.0.0.1', port: 81 },
      { host: '::1', port: 81 },
      { host: '[::1]' },
    ]

    expect(linesOf({ servers: servers(...targets) }).map((line) => line.split(' ')[0])).toEqual([
      '10.0.0.1:8000',
      'api.example.com',
      '[::1]:80',
      'unix:/run/api.sock',
      '10.0.0.1:80',
      'api.example.com:443',
      '[2001:db8::1]:8080',
      '10.0.0.1:81',
      '[::1]:81',
      '[::1]',
    ])
  })

  it.each([
    'h:1; server evil:1',
    'h:1 weight=100',
    'h:1\n}',
    'h:1#',
    'h:0',
    'h:65536',
    'h:x',
    'h:1:2',
    '',
    'unix:/run/a;b',
    'http://',
    'ftp://host/',
    'http://user;x@h;y:1/',
    { host: 'h;', port: 1 },
    { host: 'h', port: '1;' },
    { port: 1 },
    { hostname: 'h' },
    5,
    null,
    undefined,
    '[::::]:80',
    `unix:/${'a'.repeat(107)}`,
  ])('refuses the target %j', (target) => {
    expect(() => linesOf({ servers: servers(target) })).toThrow(
      /^upstreamBlock: server: target must be host:port, a URL, or unix:\/path, got /,
    )
  })

  it.each<[Partial<UpstreamBlockOptions>, string]>([
    [{ upstream: 'a;b' }, 'upstreamBlock: upstream must be a name of letters, digits, and any of -_., got "a;b"'],
    [{ servers: [] }, 'upstreamBlock: servers must be a non-empty array, got an array'],
    [{ directives: ['keepalive 32;'] }, 'upstreamBlock: directives must be an array of directives of plain words'],
    [{ directives: ['least_conn # '] }, 'upstreamBlock: directives must be an array of directives of plain words'],
    [{ directives: ['hash "a'] }, 'upstreamBlock: directives must be an array of directives of plain words'],
    [{ directives: [5 as never] }, 'upstreamBlock: directives must be an array of directives of plain words'],
    [{ maxFails: -1 }, 'upstreamBlock: maxFails must be an integer >= 0, got -1'],
    [{ failTimeout: 0 }, 'upstreamBlock: failTimeout must be a duration > 0, got 0'],
    [{ servers: [{ target: 'h', weight: -1 }] }, 'upstreamBlock: server: weight must be a finite number >= 0, got -1'],
    [{ servers: [{ target: 'h', wieght: 1 } as never] }, 'did you mean weight?'],
    [{ upstrem: 'x' } as never, 'did you mean upstream?'],
  ])('refuses %j', (options, message) => {
    expect(() => upstreamBlock({ upstream: 'u', servers: servers('h:1'), ...options })).toThrow(message)
  })

  it.each(['hash $arg_k consistent', 'ip_hash', 'random two least_conn'])('refuses a backup beside %s', (method) => {
    const [plain, backup] = [{ target: 'h:1' }, { target: 'h:2', backup: true }]

    expect(linesOf({ directives: [method], servers: [plain] })).toHaveLength(1)
    expect(() => linesOf({ directives: [method], servers: [plain, backup] })).toThrow(
      `upstreamBlock: servers must not be backup under ${method}, which Nginx refuses`,
    )
  })
})
