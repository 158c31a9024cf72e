import { testAgreement } from './soundness/agreement.ts'

testAgreement('handlers', 1800)
testAgreement('waiting handlers', 1800)
