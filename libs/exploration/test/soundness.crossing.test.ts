import { testAgreement } from './soundness/agreement.ts'

testAgreement('crossing', 300)
testAgreement('crossing waits', 700)
testAgreement('TSO crossing', 500, { blocked: 14 })
testAgreement('TSO nested waits', 300)
