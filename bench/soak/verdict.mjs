/** Whether what a process holds has grown. The first third is left out: code is compiled and caches fill in it. */
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1]

/** Growth a call that is called a leak: less than the smallest object, lost once in a few calls. */
const bytesPerCall = 2
/** Less than this is the noise of a collection. */
const noise = 256 * 1024

export function verdict(samples) {
  const third = Math.floor(samples.length / 3)
  const middle = samples.slice(third, 2 * third)
  const last = samples.slice(-third)
  const wrong = []
  const heap = median(last.map((one) => one.heap)) - median(middle.map((one) => one.heap))
  const calls = median(last.map((one) => one.total)) - median(middle.map((one) => one.total))
  const each = heap / calls
  if (heap > noise && each > bytesPerCall) wrong.push(`the heap grew by ${each.toFixed(1)} bytes a call`)
  for (const what of ['handles', 'listeners']) {
    const grown =
      Math.min(...last.map((one) => one[what])) - Math.max(...samples.slice(0, third).map((one) => one[what]))
    if (grown > 0) wrong.push(`${what} grew by ${grown}`)
  }
  return { each, wrong }
}
