"""Sites, agents (enrolment, certificates, control links), assets and services: what there is to reach, and by whom.

``tables`` hold it, ``sites``, ``agents``, ``enrolment``, ``assets`` and ``transfer`` change it, ``reader`` tells other
packages about it, ``links`` keeps the control link of each agent.
"""
