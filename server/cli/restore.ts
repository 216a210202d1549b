// `trapline restore`: a backup into an empty data folder.
import { parseArgs } from 'node:util'
import { EXIT, UsageError } from '../../ci/command.ts'
import { BackupError } from '../backup/manifest.ts'
import { localSettings } from './local-settings.ts'

export const summary = 'put a backup into an empty data folder'
export const usage = `trapline restore FOLDER

Checks every file of the backup in FOLDER against its manifest and copies them into TRAPLINE_DATA, which
must not exist or be empty. Nothing is changed when a file is missing or damaged.`

/** Runs `trapline restore`. */
export async function run(args: readonly string[]): Promise<number> {
  const { positionals } = parseArgs({ args: [...args], allowPositionals: true, options: {} })
  const [from, ...more] = positionals
  if (from === undefined || more.length > 0) throw new UsageError('name one folder')
  const { data } = localSettings()
  const { restore } = await import('../backup/restore.ts')
  try {
    const manifest = await restore(from, data)
    console.log(`${manifest.files.length} files of ${manifest.created} restored into ${data}`)
    return EXIT.ok
  } catch (error) {
    if (!(error instanceof BackupError)) throw error
    console.error(`trapline restore: ${error.message}`)
    return EXIT.badConfiguration
  }
}
