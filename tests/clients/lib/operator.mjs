// What an operator does on the command line.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { world } from './scenario.mjs'

/** A command of `assurly identity`: the document that it prints. */
export async function identity(...words) {
  const [program, ...before] = world.program
  const { stdout } = await promisify(execFile)(program, [...before, 'identity', '--json', ...words], { env: {}, timeout: 20_000 })
  return JSON.parse(stdout)
}

/** What an operator says is in force within seconds: tries until then. */
export async function soon(check) {
  const deadline = Date.now() + 10_000
  for (;;) {
    try {
      return await check()
    } catch (error) {
      if (Date.now() > deadline) throw error
      await new Promise((resolve) => { setTimeout(resolve, 200) })
    }
  }
}
