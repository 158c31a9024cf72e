import { testAgreement } from './soundness/agreement.ts'

testAgreement('kept', 700)
testAgreement('varying', 1500)
