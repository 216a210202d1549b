// The one entry of the npm scripts. Needs nothing but Node 20+ (or Bun) and the npm registry client:
// finds Bun of the pinned version or installs it into .bun/, installs packages from bun.lock, runs a task.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const pinned = manifest.engines.bun

/** Whether `command` is a Bun of the pinned version. */
function isPinnedBun(command) {
  const probe = spawnSync(command, ['--version'], { encoding: 'utf8' })
  return probe.status === 0 && probe.stdout.trim() === pinned
}

/** Path of a Bun of the pinned version; installs it with npm when the machine has none. */
function findBun() {
  if (process.versions.bun === pinned) return process.execPath
  if (isPinnedBun('bun')) return 'bun'
  const local = join(root, '.bun', 'node_modules', 'bun', 'bin', 'bun.exe')
  if (existsSync(local) && isPinnedBun(local)) return local
  console.error(`Installing Bun ${pinned} into .bun/ (once).`)
  mkdirSync(join(root, '.bun'), { recursive: true })
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const install = spawnSync(
    npm,
    [
      'install',
      '--prefix',
      join(root, '.bun'),
      '--no-save',
      '--no-package-lock',
      '--no-audit',
      '--no-fund',
      `bun@${pinned}`,
    ],
    { stdio: ['ignore', 'ignore', 'inherit'], cwd: join(root, '.bun') },
  )
  if (install.status !== 0 || !isPinnedBun(local)) {
    console.error(`Bun ${pinned} could not be installed: put it on the PATH and try again.`)
    process.exit(1)
  }
  return local
}

/** Whether a package is there in the version that package.json asks for. */
function isInstalled(name, version) {
  const path = join(root, 'node_modules', name, 'package.json')
  return existsSync(path) && JSON.parse(readFileSync(path, 'utf8')).version === version
}

/** Installs packages from the lockfile; `production` leaves the development ones out, and is done when the others are there. */
function installPackages(bun, production) {
  const wanted = Object.entries(manifest.dependencies)
  if (production && wanted.every(([name, version]) => isInstalled(name, version))) return
  const args = ['install', '--frozen-lockfile', ...(production ? ['--production'] : [])]
  const result = spawnSync(bun, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
  if (result.status !== 0) process.exit(result.status ?? 1)
}

const tasks = {
  start: { production: true, run: (args) => [join(root, 'ci/trapline.ts'), 'start', ...args] },
  cli: { production: true, run: (args) => [join(root, 'ci/trapline.ts'), ...args] },
  test: { production: false, run: (args) => ['scripts/test.ts', ...args] },
  lint: { production: false, run: (args) => ['scripts/lint.ts', ...args] },
  bench: { production: true, run: (args) => ['scripts/bench/bench.ts', ...args] },
}

const [name = 'start', ...rest] = process.argv.slice(2)
const task = tasks[name]
if (task === undefined) {
  console.error(`unknown task "${name}": one of ${Object.keys(tasks).join(', ')}`)
  process.exit(2)
}
const bun = findBun()
installPackages(bun, task.production)
const child = spawn(bun, task.run(rest), {
  cwd: name === 'cli' ? process.cwd() : root,
  stdio: 'inherit',
  env: { ...process.env, PATH: `${bun === 'bun' ? '' : `${dirname(bun)}:`}${process.env.PATH}` },
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
// npm passes SIGTERM to its shell, which dies without passing it on: an orphan stops its child itself.
const parent = process.ppid
const watch = setInterval(() => {
  if (process.ppid !== parent) {
    clearInterval(watch)
    child.kill('SIGTERM')
  }
}, 500)
child.on('exit', (code) => process.exit(code ?? 1))
