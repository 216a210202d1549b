export { buildIndex, heapEnd } from './build'
export { cut } from './cut'
export { emptyMemos, findLine, goOn, keepRules, useMemos } from './find'
export { run } from './run'
