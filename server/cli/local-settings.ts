// Settings for commands that work on the data folder of this machine.
import { UsageError } from '../../ci/command.ts'
import { loadSettings, type Settings } from '../config.ts'

/** The settings of the environment. Throws `UsageError` naming every variable that is wrong. */
export function localSettings(): Settings {
  const loaded = loadSettings(process.env)
  if ('settings' in loaded) return loaded.settings
  throw new UsageError(
    loaded.problems.map(({ variable, message }) => `${variable} ${message}`).join('; '),
  )
}
