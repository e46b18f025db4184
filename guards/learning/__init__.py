"""From operations that were seen to the least that a policy must give: counted, narrowed, and written down."""
