"""What to do about each code, for refusals whose place in the code knows nothing better to say."""

from collections.abc import Mapping
from types import MappingProxyType

HINTS: Mapping[str, str] = MappingProxyType(
    {
        # http
        "internal": "Tell your admin the request id: the broker's log has more under it.",
        "not_found": "It does not exist, or it is not yours to see. Check the name or the address.",
        "method_not_allowed": "Check the API's description at /api/v1/openapi.json.",
        "forbidden": "Your role does not have this right. Ask your admin.",
        "unauthenticated": "Sign in. Your login has ended or lapsed.",
        "invalid_input": "Correct what is named, then send it again.",
        "bad_request": "Check the request against the API's description at /api/v1/openapi.json.",
        "conflict": "Look at the present state, then decide anew.",
        "name_taken": "Choose another name.",
        "too_many_requests": "Wait, then try again.",
        "idempotency_mismatch": "Use a new key for each intent.",
        "too_large": "Shorten what you send.",
        "unavailable": "Try again in a moment. If it stays so, tell your admin.",
        "csrf_failed": "Load the page again.",
        # sessions
        "limit_reached": "End another session, or wait until one ends.",
        "reconnect_blocked": "The plant cut your session. Ask the plant to lift the block.",
        "session_ended": "Open a new one, as long as your grant holds.",
        "session_held": "What is open goes on for now. For more, ask for more time.",
        "dial_failed": "Check the address, and what the site's own file lets through.",
        # identity
        "login_failed": "Check user name, password and code. Each code counts once.",
        "token_invalid": "Sign in again.",
        "refresh_failed": "Sign in again.",
        "enrolment_failed": "Check your app's code. After 15 minutes or five wrong codes, sign in anew.",
        "setup_failed": "The link holds for an hour, and once. Restart the broker for a new one.",
        "otp_rejected": "Wait for your app's next code: each counts once.",
        "passkey_rejected": "Begin anew: each challenge is for one answer, within five minutes.",
        "passkeys_unavailable": "Open Wicketgate by a name that your admin has configured.",
        "mfa_required": "Show your second factor again.",
        "weak_password": "Take at least 12 characters, nothing common and not your name.",
        "account_rule": "Check roles, sponsor and end date.",
        # vault
        "unseal_failed": "The master key does not fit. Tell your admin.",
        # pki
        "bad_csr": "Start the agent's enrolment anew.",
        # inventory
        "edit_conflict": "Load the present state, and make your change again.",
        "banner_not_accepted": "Read the site's notice and accept it.",
        "invalid_inventory": "Correct what is named, then send it again.",
        "join_token_invalid": "Make a new token.",
        "join_token_expired": "Make a new token: each holds for 15 minutes.",
        "join_token_used": "Find out who used it, then make a new one.",
        "clock_skew": "Set the clock on site, best by NTP.",
        "agent_offline": "Ask the site whether its agent runs and reaches the broker.",
        "agent_busy": "Try again in some seconds.",
        # access
        "denied": "The reasons are given. Ask the plant.",
        "approval_required": "Ask for access, and wait for the approval.",
        "policy_invalid": "Line and remedy stand with each fault.",
        "self_approval": "Somebody else must decide.",
        "not_an_approver": "Only members of the named groups decide.",
        "already_approved": "Your yes counts once. Others are still missing.",
        "request_changed": "Read the new terms, then decide.",
        "request_outdated": "The request must be made anew.",
        "request_closed": "Load the request again: it has been decided.",
        "not_narrower": "Narrowing may only take away.",
        "grant_ended": "Ask for access anew.",
        # recordings
        "range_unsatisfiable": "Ask for a range inside of it.",
        "storage_full": "Nothing opens until there is room. Tell your admin.",
        "storage_failed": "Tell your admin: recordings cannot be stored or read.",
        "recording_failed": "Without a recording nothing opens here. Tell your admin.",
        "recording_broken": "The first damaged piece is named. Keep the original.",
        "recording_key_missing": "It was sealed for another key. Tell your admin.",
    }
)
