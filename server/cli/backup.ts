// `trapline backup`: a consistent copy of the data folder while the server runs.
import { parseArgs } from 'node:util'
import { EXIT, UsageError } from '../../ci/command.ts'
import { BackupError } from '../backup/manifest.ts'
import { localSettings } from './local-settings.ts'

export const summary = 'copy the data folder while the server runs'
export const usage = `trapline backup FOLDER

Copies TRAPLINE_DATA to FOLDER, which must not exist or be empty: state, then intake, then the days, the
key file last. The word index is left out: the server builds it again. "manifest.json" is written at the
end with every file's SHA-256; a folder without it is no backup. Keep it as safe as the data itself.`

/** Runs `trapline backup`. */
export async function run(args: readonly string[]): Promise<number> {
  const { positionals } = parseArgs({ args: [...args], allowPositionals: true, options: {} })
  const [to, ...more] = positionals
  if (to === undefined || more.length > 0) throw new UsageError('name one folder')
  const { data } = localSettings()
  const { backUp } = await import('../backup/backup.ts')
  try {
    const manifest = await backUp(data, to, (step) => console.error(step))
    const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0)
    console.log(`${manifest.files.length} files, ${(bytes / 1e6).toFixed(1)} MB in ${to}`)
    return EXIT.ok
  } catch (error) {
    if (!(error instanceof BackupError)) throw error
    console.error(`trapline backup: ${error.message}`)
    return EXIT.badConfiguration
  }
}
