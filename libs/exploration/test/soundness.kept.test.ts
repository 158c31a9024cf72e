import { testAgreement } from './soundness/agreement.ts'

testAgreement('kept', 700, 29)
testAgreement('varying', 1500)
