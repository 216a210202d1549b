export { cut } from './cut'
