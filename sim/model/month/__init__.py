"""The month. Each phase reads the state and writes only its own part of it, in this order:

1. policy        levers go back to neutral, budgets are granted in January, programmes in
   force act (interventions)
2. payment       owners are billed and decide (owner_passes, decisions); payments are booked (billing)
3. company       public revenue, effort, service and cash (service)
4. estate        wear, maintenance, repair, legacy (condition)
5. owners        satisfaction, expectation, complaints, grievance (owner_passes,
   decisions), trust (satisfaction)
6. committee     votes, terms, reviews (committee, votes)
7. market        notice, exit, bankruptcy, tenders, fallback (market)
8. record        twelve-month figures, ladder, stage (record); outcomes are copied (observe)
9. reports       what government sees of it (reporting)
"""
