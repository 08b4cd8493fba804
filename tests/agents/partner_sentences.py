"""What partners write, with the category a person of the front desk would choose; and what belongs to none."""

SENTENCES: dict[str, tuple[str, ...]] = {
    "deal_registration": (
        "We registered the Brightwater hospital project in May, and now your own sales team says that it is theirs.",
        "Our registration got declined this morning without any comment. The customer signs next Tuesday.",
        "Deal reg DR-20331 has been sitting in pending for sixteen days.",
        "A competitor of ours was approved for the same opportunity although we were first with it.",
        "Could you please extend the protection of our registered opportunity at Lakeside Schools by a month?",
    ),
    "incentives": (
        "It has been eleven weeks and the MDF reimbursement for our roadshow has not come in.",
        "The rebate for Q2 is 4,300 too low, your statement left out two invoices.",
        "Our claim was turned down for missing proof of performance. We did upload the photographs and the invoice.",
        "Two of our account managers have still not got their spiffs from the spring promotion.",
        "We planned a trade show with marketing funds and nobody approves the request.",
    ),
    "leads": (
        "The leads from your autumn webinar were passed to another reseller although they are in our area.",
        "Three out of five prospects you sent us have never heard of your company.",
        "Since June we did not get one single lead from you.",
        "We called all leads of the campaign but there is no way to report back what came of them.",
        "You promised us the inquiry from Tower Media as a lead and now somebody else has it.",
    ),
    "pricing_ordering": (
        "We asked for a quote for 40 licences nine days ago and got nothing.",
        "Order 77120 should have been shipped last week and the customer is calling us every day.",
        "The discount on your quotation is 18 percent, our price list says 24.",
        "Your finance department invoiced us twice for the same purchase order.",
        "The special price for the ministry's tender needs approval by Thursday noon.",
    ),
    "product_technical": (
        "After yesterday's firmware update three gateways at our customer reboot every ten minutes.",
        "The licence server rejects every key we enter, installation is stuck.",
        "The connector to the customer's ERP throws error 502 since version 8.3.",
        "We have had a support case open since August and your engineers do not answer.",
        "The software crashes when the customer exports more than a thousand rows.",
    ),
    "portal_training": (
        "Our new colleague needs a login for the partner portal, we asked twice.",
        "I cannot reset my password for the portal, the e-mail does not come.",
        "Maria passed the certification exam in April but the certificate does not appear in her profile.",
        "The online course freezes at module four every time.",
        "Where can I download the current data sheets and the logo?",
    ),
    "contract_tier": (
        "We were moved down to silver although we reached the gold target in December.",
        "The partner agreement that we signed six weeks ago has not come back from your legal department.",
        "What is still missing for us to become a platinum partner?",
        "Your new contract has a termination clause that we never agreed to.",
        "Our onboarding as a partner has been going on since spring and there is still no contract number.",
    ),
    "over_distribution": (
        "You have appointed a third distributor for our small country, there is no margin left for anybody.",
        "An online shop that is not even authorised sells your appliances under our purchase price.",
        "You are selling direct to end customers in our territory at prices that we cannot match.",
        "Six resellers in one town is too many, we keep undercutting each other.",
        "Grey imports from overseas are being offered to our clients.",
    ),
    "relationship": (
        "Since our channel manager went on leave there is nobody who answers us.",
        "We have been a partner for nine years and feel that nobody cares about us any more.",
        "Frankly, we are considering to switch to another vendor if this goes on.",
        "Third time that you cancel our quarterly meeting at the last minute.",
        "Please tell us who is responsible for us, we do not know whom to call.",
    ),
}

OUT_OF_SCOPE = (
    "What will the weather be like in Lisbon on Saturday?",
    "Please send me a recipe for lentil soup.",
    "Congratulations, you have won a cruise! Click here to claim it.",
    "How do I change the tyre of my bicycle?",
    "xkcd qwertz asdfgh",
    "My cat has not been eating since Sunday.",
    "Bonjour, avez-vous une chambre libre pour deux nuits?",
    "Do you have vacancies for drivers?",
    "Translate good morning into Japanese.",
    "The football match was postponed because of rain.",
)
