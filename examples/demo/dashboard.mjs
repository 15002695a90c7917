// The live page of the running demo.
import { spawn } from 'node:child_process'
import { dashboard } from 'holdfast/dashboard'
import { serve } from './serve.mjs'

/** Serves the page on a port of loopback, 0 for any: `{ what, url, stop() }`. */
export async function serveDashboard({ shop, tracker }, port) {
  const board = dashboard({ title: 'holdfast demo', tracker, policies: [shop] })
  try {
    const { url, stop } = await serve(board.handler, port, '--dashboard')
    const stopped = async () => {
      board.close()
      await stop()
    }
    return { what: 'Dashboard', url, stop: stopped }
  } catch (error) {
    board.close()
    throw error
  }
}

const openers = { darwin: ['open'], win32: ['cmd', '/c', 'start', ''] }

/** Opens a page in the user's browser. Without one, the printed address is enough. */
export function openInBrowser(url) {
  const [program, ...args] = openers[process.platform] ?? ['xdg-open']
  spawn(program, [...args, url], { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref()
}
