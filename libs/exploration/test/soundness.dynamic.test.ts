import { testAgreement } from './soundness/agreement.ts'

testAgreement('self-IPIs', 1500)
testAgreement('dynamic', 1500)
testAgreement('nested', 700, { blocked: 1 })
testAgreement('nested waits', 400)
