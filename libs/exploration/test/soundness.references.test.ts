import { testAgreement } from './soundness/agreement.ts'

testAgreement('references', 1500)
