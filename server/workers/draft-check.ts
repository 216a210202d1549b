// The worker that checks what people write: a hostile or huge text costs it, and nobody else.
import { type CheckInput, runCheck } from '../services/draft-check.ts'
import { serve } from './rpc.ts'

serve({ check: (input: CheckInput) => runCheck(input) })
