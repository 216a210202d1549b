// An indexer in a process of its own that works until it is killed: `bun merging.support.ts FOLDER`.
import { createIndexer } from './indexer.ts'

const folder = process.argv[2]
if (folder === undefined) throw new Error('which folder?')
const indexer = createIndexer(folder, 0)
console.log('open')
while (true) {
  const worked = indexer.step()
  console.log(worked ? 'worked' : 'rests')
  if (!worked) await Bun.sleep(1)
}
