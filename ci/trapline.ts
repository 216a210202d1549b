#!/usr/bin/env bun
import { EXIT, UsageError } from './command.ts'
// The `trapline` command line: `trapline NAME ARGS...`.
import { COMMANDS, type CommandName } from './commands.ts'
import { restartWith } from './restart.ts'
import { suggest } from './suggest.ts'

/** What `trapline help` prints: every command of the table with its summary. */
export async function helpText(): Promise<string> {
  const names = Object.keys(COMMANDS) as CommandName[]
  const width = Math.max(...names.map((name) => name.length))
  const lines = await Promise.all(
    names.map(async (name) => `  ${name.padEnd(width)}  ${(await COMMANDS[name]()).summary}`),
  )
  return [
    'usage: trapline COMMAND ARGS...',
    '',
    ...lines,
    '',
    'trapline help COMMAND says more.',
  ].join('\n')
}

function isCommand(name: string): name is CommandName {
  return Object.hasOwn(COMMANDS, name)
}

function unknownCommand(name: string): number {
  const near = suggest(name, Object.keys(COMMANDS))
  const hint = near === undefined ? '"trapline help" lists them' : `did you mean "${near}"?`
  console.error(`trapline: unknown command "${name}": ${hint}`)
  return EXIT.badConfiguration
}

async function help(name: string | undefined): Promise<number> {
  if (name === undefined) {
    console.log(await helpText())
    return EXIT.ok
  }
  if (!isCommand(name)) return unknownCommand(name)
  const command = await COMMANDS[name]()
  console.log(`${command.summary}\n\nusage: ${command.usage}`)
  return EXIT.ok
}

/** Runs one command line (without the interpreter and script) and resolves with its exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    return help(rest[0])
  }
  if (!isCommand(name)) return unknownCommand(name)
  if (rest[0] === '--help' || rest[0] === '-h') return help(name)
  const command = await COMMANDS[name]()
  try {
    return await command.run(rest)
  } catch (error) {
    if (!isUsageError(error)) throw error
    console.error(`trapline ${name}: ${error.message}`)
    console.error(`usage: ${command.usage}`)
    return EXIT.badConfiguration
  }
}

/** Ours, or one that `parseArgs` of `node:util` threw for an unknown or incomplete option. */
function isUsageError(error: unknown): error is Error {
  if (error instanceof UsageError) return true
  return (
    error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
  )
}

/**
 * Commands that run rules on many events begin with work of another kind. The compilers of JavaScriptCore would be busy
 * with functions that never run again, and collections of garbage, begun by timers or whenever 32 MB were allocated,
 * would mark all rules again and again, while events wait for the core. The compilers are to take only what runs for
 * long, garbage to be collected when there is much of it (docs/engine.md).
 */
const RUNNING_RULES: ReadonlySet<string> = new Set<CommandName>(['eval', 'backtest', 'hunt'])
const RUNTIME_OPTIONS = {
  BUN_JSC_thresholdForOptimizeAfterWarmUp: '20000',
  BUN_JSC_thresholdForFTLOptimizeAfterWarmUp: '400000',
  BUN_JSC_largeHeapSize: String(192 * 1024 * 1024),
  BUN_JSC_collectionTimerMaxPercentCPU: '0',
  BUN_GC_TIMER_DISABLE: '1',
}

if (import.meta.main && RUNNING_RULES.has(process.argv[2] ?? '')) restartWith(RUNTIME_OPTIONS)
if (import.meta.main) process.exitCode = await main(process.argv.slice(2))
