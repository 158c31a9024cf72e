import { testAgreement } from './soundness/agreement.ts'

testAgreement('kept', 700, 25)
testAgreement('varying', 1500)
