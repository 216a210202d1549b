export { cut } from './cut'
export { emptyMemos, findLine, goOn, keepRules, useMemos } from './find'
