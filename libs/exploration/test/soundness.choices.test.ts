import { testAgreement } from './soundness/agreement.ts'

testAgreement('choices', 1500)
testAgreement('mixed', 1700)
