import { testAgreement } from './soundness/agreement.ts'

testAgreement('irq_work', 700)
testAgreement('kernel', 500)
testAgreement('TSO kernel', 500)
