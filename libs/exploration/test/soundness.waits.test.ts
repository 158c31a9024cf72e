import { testAgreement } from './soundness/agreement.ts'

testAgreement('timeouts', 1300)
testAgreement('shared', 1500)
