// Made by `npm run api` from the broker's OpenAPI document; not to be edited.

export interface paths {
    "/agent/v1/enrolment": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Enrol an agent with a join token */
        post: operations["post_agent_v1_enrolment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/access": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the policies that mean each of some assets, in words */
        get: operations["get_access"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/agents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List agents */
        get: operations["get_agents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/agents/{agent}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show an agent */
        get: operations["get_agents_by_agent"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/agents/{agent}/release": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Lift an agent's quarantine */
        post: operations["post_agents_by_agent_release"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/agents/{agent}/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Revoke an agent: its link and streams are cut at once */
        post: operations["post_agents_by_agent_revoke"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the assets one may know of */
        get: operations["get_assets"];
        put?: never;
        /** Add an asset */
        post: operations["post_assets"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assets/{asset}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show an asset */
        get: operations["get_assets_by_asset"];
        put?: never;
        post?: never;
        /** Remove an asset */
        delete: operations["delete_assets_by_asset"];
        options?: never;
        head?: never;
        /** Change an asset */
        patch: operations["patch_assets_by_asset"];
        trace?: never;
    };
    "/api/v1/assets/{asset}/access": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the policies that mean an asset, in words */
        get: operations["get_assets_by_asset_access"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assets/{asset}/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Tell what a change of an asset would do, and change nothing */
        post: operations["post_assets_by_asset_preview"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assets/{asset}/tags": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what an asset's objects are called */
        get: operations["get_assets_by_asset_tags"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assets/{asset}/tags/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Put a tag list (CSV) in the place of the asset's present one */
        post: operations["post_assets_by_asset_tags_import"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List audit events */
        get: operations["get_audit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Export chain, checkpoints and public keys */
        get: operations["get_audit_export"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Verify the whole chain */
        post: operations["post_audit_verify"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/enrol/totp": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Get a secret for an app */
        post: operations["post_auth_enrol_totp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/enrol/totp/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Show the app's first code */
        post: operations["post_auth_enrol_totp_confirm"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sign in */
        post: operations["post_auth_login"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/logins": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List live logins */
        get: operations["get_auth_logins"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/logins/{login}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** End a login */
        delete: operations["delete_auth_logins_by_login"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End this login */
        post: operations["post_auth_logout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/passkeys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List your passkeys */
        get: operations["get_auth_passkeys"];
        put?: never;
        /** Add a passkey */
        post: operations["post_auth_passkeys"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/passkeys/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sign in with a passkey */
        post: operations["post_auth_passkeys_login"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/passkeys/login/options": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Get the options for signing in */
        post: operations["post_auth_passkeys_login_options"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/passkeys/registration": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Get the options for a new passkey */
        post: operations["post_auth_passkeys_registration"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/passkeys/{passkey}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Delete a passkey and end the logins it was shown to */
        delete: operations["delete_auth_passkeys_by_passkey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Change the password */
        post: operations["post_auth_password"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/recovery-codes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make new recovery codes */
        post: operations["post_auth_recovery_codes"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Continue a login */
        post: operations["post_auth_refresh"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/step-up": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Show the second factor again */
        post: operations["post_auth_step_up"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/step-up/passkey": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Show a passkey as the second factor again */
        post: operations["post_auth_step_up_passkey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/step-up/passkey/options": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Get the options for showing a passkey again */
        post: operations["post_auth_step_up_passkey_options"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/whoami": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show who is signed in */
        get: operations["get_auth_whoami"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/blocks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List reconnect blocks */
        get: operations["get_blocks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/blocks/{block}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Lift a reconnect block */
        delete: operations["delete_blocks_by_block"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/changes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what was written on devices, read out of the recordings */
        get: operations["get_changes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/changes/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The change log, or the undo sheet, as CSV or PDF */
        get: operations["get_changes_export"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/changes/undo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what stood in each object before it was written; nothing is written back by itself */
        get: operations["get_changes_undo"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/drills": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List drill reports */
        get: operations["get_drills"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Hear what changes, and watch sessions (WebSocket) */
        get: operations["get_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/evidence-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The public keys that recordings and audit checkpoints are proved with */
        get: operations["get_evidence_keys"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/extensions/{extension}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give a session more time */
        post: operations["post_extensions_by_extension_approve"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/extensions/{extension}/deny": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Refuse a session more time */
        post: operations["post_extensions_by_extension_deny"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/grants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List grants: one's own, or all for who may read all */
        get: operations["get_grants"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/grants/{grant}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a grant */
        get: operations["get_grants_by_grant"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/grants/{grant}/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Revoke a grant, or give up one's own */
        post: operations["post_grants_by_grant_revoke"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/groups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List groups */
        get: operations["get_groups"];
        put?: never;
        /** Create a group */
        post: operations["post_groups"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/groups/{group}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Remove a group that no policy and no open decision needs */
        delete: operations["delete_groups_by_group"];
        options?: never;
        head?: never;
        /** Change the display name of a group */
        patch: operations["patch_groups_by_group"];
        trace?: never;
    };
    "/api/v1/groups/{group}/members/{user}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Put a user into a group */
        put: operations["put_groups_by_group_members_by_user"];
        post?: never;
        /** Take a user out of a group */
        delete: operations["delete_groups_by_group_members_by_user"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/inventory/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Export sites and assets as YAML */
        get: operations["get_inventory_export"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/inventory/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Import sites and assets from YAML */
        post: operations["post_inventory_import"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/locks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List locks */
        get: operations["get_locks"];
        put?: never;
        /** Lock a site, an asset or a user */
        post: operations["post_locks"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/locks/{lock}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Lift a lock */
        delete: operations["delete_locks_by_lock"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document */
        get: operations["get_openapi_json"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organizations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List organizations */
        get: operations["get_organizations"];
        put?: never;
        /** Create an organization */
        post: operations["post_organizations"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organizations/{organization}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change or disable an organization */
        patch: operations["patch_organizations_by_organization"];
        trace?: never;
    };
    "/api/v1/overview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What waits, lives and ends soon */
        get: operations["get_overview"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/policies": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the policies that hold */
        get: operations["get_policies"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/policies/apply": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Put policies in force, all or none */
        post: operations["post_policies_apply"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/policies/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Check a policy text and keep nothing */
        post: operations["post_policies_check"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/policies/explain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Explain who may reach what, and why not */
        post: operations["post_policies_explain"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/policies/schema": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The JSON Schema of a policy document, for editors */
        get: operations["get_policies_schema"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/policies/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Run policy tests against what holds */
        post: operations["post_policies_test"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/policies/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a policy */
        get: operations["get_policies_by_name"];
        put?: never;
        post?: never;
        /** Take a policy out of force; its history stays */
        delete: operations["delete_policies_by_name"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/policies/{name}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List a policy's versions */
        get: operations["get_policies_by_name_versions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/questions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what sessions ask of the plant, newest first */
        get: operations["get_questions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/questions/{question}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a question */
        get: operations["get_questions_by_question"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/questions/{question}/answer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let a session do exactly this once, or not */
        post: operations["post_questions_by_question_answer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/recordings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List recordings */
        get: operations["get_recordings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/recordings/{recording}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a recording */
        get: operations["get_recordings_by_recording"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/recordings/{recording}/content": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Download the sealed recording; takes a Range */
        get: operations["get_recordings_by_recording_content"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        /** Size and ETag of the sealed recording */
        head: operations["head_recordings_by_recording_content"];
        patch?: never;
        trace?: never;
    };
    "/api/v1/recordings/{recording}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Export as a capture (pcapng) or as lines of operations (jsonl) */
        get: operations["get_recordings_by_recording_export"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/recordings/{recording}/operations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show what was done, operation by operation */
        get: operations["get_recordings_by_recording_operations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/recordings/{recording}/verification": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Prove a recording, or name its first bad link */
        get: operations["get_recordings_by_recording_verification"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/requests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List requests: one's own, or all for who may read all */
        get: operations["get_requests"];
        put?: never;
        /** Ask for access */
        post: operations["post_requests"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/requests/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Tell what a request would come to, and change nothing */
        post: operations["post_requests_preview"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/requests/{request}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a request */
        get: operations["get_requests_by_request"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/requests/{request}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Approve a request on its exact terms */
        post: operations["post_requests_by_request_approve"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/requests/{request}/deny": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Deny a request */
        post: operations["post_requests_by_request_deny"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/requests/{request}/narrow": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take away from a request; earlier approvals become void */
        post: operations["post_requests_by_request_narrow"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/requests/{request}/review": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show the review of an emergency access */
        get: operations["get_requests_by_request_review"];
        put?: never;
        /** Close the review of an emergency access */
        post: operations["post_requests_by_request_review"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/requests/{request}/withdraw": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take back one's own request */
        post: operations["post_requests_by_request_withdraw"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reviews": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the reviews of emergency accesses */
        get: operations["get_reviews"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List sessions */
        get: operations["get_sessions"];
        put?: never;
        /** Open a session on a grant */
        post: operations["post_sessions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/kill-all": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Cut all (vendor) sessions; returns the drill report */
        post: operations["post_sessions_kill_all"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{session}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a session */
        get: operations["get_sessions_by_session"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{session}/end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End one's own session */
        post: operations["post_sessions_by_session_end"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{session}/extensions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List a session's extensions */
        get: operations["get_sessions_by_session_extensions"];
        put?: never;
        /** Ask for more time in one's own session; as an approver, propose it for somebody else's */
        post: operations["post_sessions_by_session_extensions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{session}/kill": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Cut a session and block the way back */
        post: operations["post_sessions_by_session_kill"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{session}/streams": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Open a stream of a session */
        get: operations["get_sessions_by_session_streams"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{session}/warn": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Tell the user of a session something */
        post: operations["post_sessions_by_session_warn"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{session}/watch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Watch a session (WebSocket) */
        get: operations["get_sessions_by_session_watch"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the settings in force, secrets masked */
        get: operations["get_settings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/setup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make the first admin */
        post: operations["post_setup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the sites one may know of */
        get: operations["get_sites"];
        put?: never;
        /** Add a site */
        post: operations["post_sites"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites/{site}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a site */
        get: operations["get_sites_by_site"];
        put?: never;
        post?: never;
        /** Remove a site that has no assets and no agents */
        delete: operations["delete_sites_by_site"];
        options?: never;
        head?: never;
        /** Change a site */
        patch: operations["patch_sites_by_site"];
        trace?: never;
    };
    "/api/v1/sites/{site}/banner/acceptance": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Accept the site's present banner */
        post: operations["post_sites_by_site_banner_acceptance"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites/{site}/join-tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Issue a one-time token that enrols one agent */
        post: operations["post_sites_by_site_join_tokens"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List users */
        get: operations["get_users"];
        put?: never;
        /** Create a user */
        post: operations["post_users"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{user}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a user */
        get: operations["get_users_by_user"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change a user */
        patch: operations["patch_users_by_user"];
        trace?: never;
    };
    "/api/v1/users/{user}/disable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Disable a user and end their sessions */
        post: operations["post_users_by_user_disable"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{user}/enable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Enable a user */
        post: operations["post_users_by_user_enable"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{user}/reset-mfa": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Forget a user's second factor */
        post: operations["post_users_by_user_reset_mfa"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{user}/reset-password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give a user a one-time password */
        post: operations["post_users_by_user_reset_password"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/welcome": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What to show before sign-in */
        get: operations["get_welcome"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Is the process alive? */
        get: operations["get_healthz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Can the broker do its work? */
        get: operations["get_readyz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * AcceptanceIn
         * @description Which text the caller accepts: the SHA-256 of its UTF-8, in hex.
         */
        AcceptanceIn: {
            /** Digest */
            digest: string;
        };
        /**
         * AcceptanceOut
         * @description That the caller accepted the site's present banner, and when.
         */
        AcceptanceOut: {
            /**
             * Accepted At
             * Format: date-time
             */
            accepted_at: string;
            /** Digest */
            digest: string;
            /** Site */
            site: string;
        };
        /**
         * AccessRequest
         * @description An access request. ``hash`` names the exact terms; an approval must give it back.
         *
         *     ``rules_text`` says ``rules`` in words. ``card`` is for those who may read all requests, and of one request only.
         */
        AccessRequest: {
            /** Approvals */
            approvals: components["schemas"]["ApprovalOut"][];
            /** Approvals Needed */
            approvals_needed: components["schemas"]["NeedOut"][];
            /** Asset */
            asset: string;
            /** Asset Name */
            asset_name: string;
            /** @default null */
            card?: components["schemas"]["CardOut"] | null;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Decided At */
            decided_at: string | null;
            /** Decided By */
            decided_by: string | null;
            /** Decision Reason */
            decision_reason: string;
            /** Duration */
            duration: number;
            /** Emergency */
            emergency: boolean;
            /**
             * Expires At
             * Format: date-time
             */
            expires_at: string;
            /** Grant */
            grant: string | null;
            /** Hash */
            hash: string;
            /** Id */
            id: string;
            /** Mode */
            mode: string;
            /** Policy */
            policy: string;
            /** Policy Digest */
            policy_digest: string;
            /** Reason */
            reason: string;
            rules: components["schemas"]["Rules"];
            /** Rules Text */
            rules_text: string[];
            /** Service */
            service: string;
            /** Service Name */
            service_name: string;
            /** Site */
            site: string;
            /** Starts At */
            starts_at: string | null;
            state: components["schemas"]["RequestState"];
            /** Ticket */
            ticket: string;
            /** Tiers */
            tiers: components["schemas"]["Tier"][];
            /** User */
            user: string;
            /** User Name */
            user_name: string;
        };
        /**
         * AccessRequestPage
         * @description A page of requests, newest first.
         */
        AccessRequestPage: {
            /** Items */
            items: components["schemas"]["AccessRequest"][];
            /**
             * Next Cursor
             * @default null
             */
            next_cursor?: string | null;
        };
        /**
         * AddressRange
         * @description An inclusive range of protocol addresses, zero-based where the protocol's are.
         */
        AddressRange: {
            /** First */
            first: number;
            /** Last */
            last: number;
        };
        /**
         * AgentCountsOut
         * @description Agents that were not revoked; ``locked`` ones are counted among the others too.
         */
        AgentCountsOut: {
            /** Locked */
            locked: number;
            /** Offline */
            offline: number;
            /** Online */
            online: number;
            /** Quarantined */
            quarantined: number;
        };
        /**
         * AgentOut
         * @description An agent; ``clock_offset_seconds`` is its clock minus ours (beyond 60 it refuses every grant).
         */
        AgentOut: {
            /** Address */
            address: string;
            /** Ceiling Digest */
            ceiling_digest: string;
            /** Certificate Expires At */
            certificate_expires_at: string | null;
            /** Clock Offset Seconds */
            clock_offset_seconds: number | null;
            /** Connected At */
            connected_at: string | null;
            /**
             * Enrolled At
             * Format: date-time
             */
            enrolled_at: string;
            /** Id */
            id: string;
            /** Last Seen At */
            last_seen_at: string | null;
            /** Lock Reason */
            lock_reason: string;
            /** Lock Until */
            lock_until: string | null;
            /** Locked */
            locked: boolean;
            /** Name */
            name: string;
            /** Online */
            online: boolean;
            /** Site */
            site: string;
            /** Site Name */
            site_name: string;
            /** Software */
            software: string;
            state: components["schemas"]["AgentState"];
            /**
             * State At
             * Format: date-time
             */
            state_at: string;
            /** State Reason */
            state_reason: string;
            /** Streams */
            streams: number;
        };
        /**
         * AgentPage
         * @description A page of agents.
         */
        AgentPage: {
            /** Items */
            items: components["schemas"]["AgentOut"][];
            /**
             * Next Cursor
             * @default null
             */
            next_cursor?: string | null;
        };
        /**
         * AgentState
         * @description Whether an agent may act: ``quarantined`` was seen twice at once, an admin decides; ``revoked`` is for ever.
         * @enum {string}
         */
        AgentState: "active" | "quarantined" | "revoked";
        /**
         * AnswerBody
         * @description Yes or no, and why; a no needs a reason, for the session's user is told it.
         */
        AnswerBody: {
            /**
             * Answer
             * @enum {string}
             */
            answer: "yes" | "no";
            /**
             * Reason
             * @default
             */
            reason?: string;
        };
        /**
         * AnswerOut
         * @description The decision with what belongs to it: of a yes its end, of a no its reasons, else what is still missing.
         *
         *     ``supervised``: of a yes, or what could become one, that somebody of the plant must watch, or input stops.
         */
        AnswerOut: {
            /** Approvals */
            approvals: components["schemas"]["ApprovalTermOut"][];
            deadline_cause: components["schemas"]["DeadlineCause"] | null;
            /**
             * Decision
             * @enum {string}
             */
            decision: "allow" | "deny" | "needs_approval" | "needs_mfa";
            /** Max Age */
            max_age: number | null;
            /** Methods */
            methods: string[];
            /** Not After */
            not_after: string | null;
            /** Policy */
            policy: string | null;
            /** Reasons */
            reasons: components["schemas"]["ReasonOut"][];
            /** Supervised */
            supervised: boolean;
        };
        /**
         * AppliedOut
         * @description What became (or would become) of one document.
         */
        AppliedOut: {
            /** Changed */
            changed: boolean;
            /** Diff */
            diff: string[];
            /** Digest */
            digest: string;
            /** Kind */
            kind: string;
            /** Name */
            name: string;
            /** Version */
            version: number;
        };
        /**
         * ApprovalOut
         * @description One person's yes.
         */
        ApprovalOut: {
            /** Approver */
            approver: string;
            /** Approver Name */
            approver_name: string;
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** Comment */
            comment: string;
        };
        /**
         * ApprovalTermOut
         * @description So many people of a group must approve.
         */
        ApprovalTermOut: {
            /** Count */
            count: number;
            /** Group */
            group: string;
        };
        /**
         * ApproveIn
         * @description A yes to exactly the terms that ``hash`` names.
         */
        ApproveIn: {
            /**
             * Comment
             * @default
             */
            comment?: string;
            /** Hash */
            hash: string;
        };
        /**
         * AskedGroupOut
         * @description So many people of a group would be asked; ``members`` of it could answer now.
         *
         *     ``proof`` is what each of them must have shown by then, ``null`` if the policy wants nothing of them.
         */
        AskedGroupOut: {
            /** Count */
            count: number;
            /** Group */
            group: string;
            /** Members */
            members: number;
            proof: components["schemas"]["ProofOut"] | null;
        };
        /**
         * AssertionResponse
         * @description What an authenticator signed.
         */
        AssertionResponse: {
            /** Authenticatordata */
            authenticatorData: string;
            /** Clientdatajson */
            clientDataJSON: string;
            /** Signature */
            signature: string;
            /**
             * Userhandle
             * @default null
             */
            userHandle?: string | null;
        };
        /**
         * AssetAccessList
         * @description The policies that mean an asset: those that refuse first, then those that give, the preferred ones first.
         */
        AssetAccessList: {
            /** Items */
            items: components["schemas"]["AssetAccessOut"][];
        };
        /**
         * AssetAccessOut
         * @description One policy's part in who may reach an asset; ``mode`` is ``deny`` for one that refuses.
         *
         *     Of ``who`` and ``what`` all must hold, and one name of each is enough; nothing named means anybody and anything.
         */
        AssetAccessOut: {
            /** Approvals */
            approvals: components["schemas"]["ApprovalTermOut"][];
            /** Mode */
            mode: string;
            /** Passes */
            passes: components["schemas"]["PassesOut"][];
            /** Policy */
            policy: string;
            /** Reason */
            reason: string;
            /** Services */
            services: string[];
            /** Tiers */
            tiers: components["schemas"]["Tier"][];
            /** What */
            what: components["schemas"]["NamedOut"][];
            when: components["schemas"]["WindowsOut"];
            /** Who */
            who: components["schemas"]["NamedOut"][];
        };
        /**
         * AssetChange
         * @description What is to change; fields left out stay. ``services`` replaces the whole list, matched by name.
         *
         *     ``version`` is the version that the caller read; if it is no longer the present one, nothing changes.
         */
        AssetChange: {
            /** @default null */
            criticality?: components["schemas"]["Criticality"] | null;
            /**
             * Display Name
             * @default null
             */
            display_name?: string | null;
            /**
             * Labels
             * @default null
             */
            labels?: {
                [key: string]: string;
            } | null;
            /**
             * Name
             * @default null
             */
            name?: string | null;
            /**
             * Services
             * @default null
             */
            services?: components["schemas"]["ServiceSpec"][] | null;
            /**
             * Units
             * @default null
             */
            units?: number[] | null;
            /**
             * Version
             * @default null
             */
            version?: number | null;
            /**
             * Zone
             * @default null
             */
            zone?: string | null;
        };
        /**
         * AssetOut
         * @description A device; ``path`` is the name by which people call it.
         */
        AssetOut: {
            /** Criticality */
            criticality: string;
            /** Display Name */
            display_name: string;
            /** Id */
            id: string;
            /** Labels */
            labels: {
                [key: string]: string;
            };
            /** Name */
            name: string;
            /** Path */
            path: string;
            /** Services */
            services: components["schemas"]["ServiceOut"][];
            /** Site */
            site: string;
            /** Site Name */
            site_name: string;
            /** Units */
            units: number[] | null;
            /** Version */
            version: number;
            /** Zone */
            zone: string;
        };
        /**
         * AssetPage
         * @description A page of assets.
         */
        AssetPage: {
            /** Items */
            items: components["schemas"]["AssetOut"][];
            /**
             * Next Cursor
             * @default null
             */
            next_cursor?: string | null;
        };
        /**
         * AuditEventOut
         * @description One event; ``actor`` is an id, ``hash`` its link of the chain in hex.
         */
        AuditEventOut: {
            /** Action */
            action: string;
            /** Actor */
            actor: string;
            /** Actor Name */
            actor_name: string;
            /** Address */
            address: string;
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** Details */
            details: {
                [key: string]: unknown;
            };
            /** Hash */
            hash: string;
            /** Sequence */
            sequence: number;
            /** Target */
            target: string;
        };
        /**
         * AuditPage
         * @description Events, newest first.
         */
        AuditPage: {
            /** Items */
            items: components["schemas"]["AuditEventOut"][];
            /**
             * Next Cursor
             * @default null
             */
            next_cursor?: string | null;
        };
        /**
         * AuditStateOut
         * @description How long the audit log is, when it was last signed, and its last verification; ``null`` where there was none.
         */
        AuditStateOut: {
            last_check: components["schemas"]["ChainCheckOut"] | null;
            /** Last Checkpoint At */
            last_checkpoint_at: string | null;
            /** Links */
            links: number;
        };
        /**
         * BacnetIdentity
         * @description What an I-Am says; ``max_apdu`` in bytes.
         */
        BacnetIdentity: {
            /** Instance */
            instance: number;
            /**
             * Max Apdu
             * @default 1476
             */
            max_apdu?: number;
            /** @default none */
            segmentation?: components["schemas"]["Segmentation"];
            /** Vendor */
            vendor: number;
        };
        /**
         * BlockList
         * @description The blocks that stand.
         */
        BlockList: {
            /** Items */
            items: components["schemas"]["BlockOut"][];
        };
        /**
         * BlockOut
         * @description A way back that is blocked.
         */
        BlockOut: {
            /** Asset */
            asset: string;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Created By */
            created_by: string;
            /** Id */
            id: string;
            /** Reason */
            reason: string;
            /** Session */
            session: string;
            /** User */
            user: string;
        };
        /**
         * CardOut
         * @description What an approver should know beside the terms, as of now; texts are empty where nobody knows.
         *
         *     ``methods`` are those of the login that asked. ``policy_version`` is the version of the policy that was asked under;
         *     ``policy_is_current`` tells whether it still holds (if not, the request must be made anew). ``supervised``: somebody
         *     of the plant must watch the sessions, or input stops. ``proofs`` are what approvers must have shown, by the group
         *     that they are asked as.
         */
        CardOut: {
            /** Account Ends At */
            account_ends_at: string | null;
            /** Address */
            address: string;
            /** Conflicts */
            conflicts: components["schemas"]["ConflictOut"][];
            /** Is Active */
            is_active: boolean;
            /** Methods */
            methods: string[];
            /** Mfa At */
            mfa_at: string | null;
            /** Organization */
            organization: string;
            organization_kind: components["schemas"]["OrganizationKind"] | null;
            past_sessions: components["schemas"]["PastUseOut"];
            /** Policy Is Current */
            policy_is_current: boolean;
            /** Policy Version */
            policy_version: number | null;
            /** Proofs */
            proofs: {
                [key: string]: components["schemas"]["ProofOut"];
            };
            /** Sponsor */
            sponsor: string;
            /** Supervised */
            supervised: boolean;
            windows: components["schemas"]["WindowsOut"] | null;
        };
        /**
         * CeremonyOut
         * @description For the browser: ``options`` as ``parseCreationOptionsFromJSON`` or ``parseRequestOptionsFromJSON`` take them.
         */
        CeremonyOut: {
            /** Ceremony */
            ceremony: string;
            /** Options */
            options: {
                [key: string]: unknown;
            };
        };
        /**
         * ChainCheckOut
         * @description What came out when the whole audit log was last verified.
         */
        ChainCheckOut: {
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** Intact */
            intact: boolean;
        };
        /**
         * ChangeLogPage
         * @description Changes, newest recording first; a page may be short or empty and still have a ``next_cursor``.
         */
        ChangeLogPage: {
            /** Items */
            items: components["schemas"]["ChangeOut"][];
            /**
             * Next Cursor
             * @default null
             */
            next_cursor?: string | null;
            /** Unreadable */
            unreadable: components["schemas"]["UnreadableOut"][];
        };
        /**
         * ChangeOut
         * @description One write that was let through. ``before`` is ``null`` where nobody knows what was there.
         *
         *     ``is_before_read``: the guard read it right before the write; otherwise it was seen on the stream within a minute.
         *     ``after`` is empty where the result depends on what was there (mask write) and that is not known. ``elements`` has
         *     it object by object, with the names of the asset's tag list.
         *     ``number`` is the operation's in its recording. ``outcome`` says whether the device took it: ``refused`` with the
         *     protocol's ``exception_code``; ``unanswered`` when no answer of the device was recorded.
         */
        ChangeOut: {
            /** After */
            after: (number | string | boolean)[];
            /** Asset */
            asset: string;
            /** Asset Name */
            asset_name: string;
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** Before */
            before: (number | string | boolean | null)[] | null;
            /** Elements */
            elements: components["schemas"]["ElementOut"][];
            /** Exception Code */
            exception_code: number | null;
            /** Function */
            function: string;
            /** Grant */
            grant: string;
            /** Is Before Read */
            is_before_read: boolean;
            /** Number */
            number: number;
            /** Objects */
            objects: string[];
            /** Organization */
            organization: string;
            outcome: components["schemas"]["broker__recordings__writes__Outcome"];
            /** Protocol */
            protocol: string;
            /** Recording */
            recording: string;
            /** Route */
            route: string;
            /** Service Name */
            service_name: string;
            /** Session */
            session: string;
            /** Since Start Ns */
            since_start_ns: number;
            /** Site */
            site: string;
            /** Stream */
            stream: number;
            /** Ticket */
            ticket: string;
            /** Tier */
            tier: string;
            /** Unit */
            unit: number | null;
            /** User */
            user: string;
            /** User Name */
            user_name: string;
        };
        /**
         * ChangePreviewOut
         * @description What a change would do: lines as in the audit log, and the services (by name) that would end or be narrowed.
         *
         *     Of those that end, ``uses`` counts all; of those that are narrowed, the sessions, which end if they may say more.
         */
        ChangePreviewOut: {
            /** Changes */
            changes: string[];
            /** Ended */
            ended: string[];
            /** Narrowed */
            narrowed: string[];
            uses: components["schemas"]["UsesOut"];
        };
        /**
         * CheckedPolicy
         * @description One good document of a checked text.
         */
        CheckedPolicy: {
            /** Digest */
            digest: string;
            /** Kind */
            kind: string;
            /** Name */
            name: string;
        };
        /**
         * Code
         * @description Why something was refused, for machines. The texts are stable: API, audit and the web pages know them.
         * @enum {string}
         */
        Code: "site_locked" | "asset_locked" | "user_locked" | "account_ended" | "denied_by_policy" | "no_policy" | "not_who" | "not_what" | "other_policy" | "wrong_mode" | "not_yet" | "outside_window" | "frozen" | "standing_ended" | "expired" | "wrong_network" | "tier_not_allowed" | "opaque_not_allowed" | "duration_too_long" | "reason_missing" | "ticket_invalid" | "login_ended" | "grant_ended" | "grant_revoked";
        /**
         * ConditionOut
         * @description One condition of a policy.
         */
        ConditionOut: {
            /** Code */
            code: string;
            /** Field */
            field: string;
            message: components["schemas"]["SentenceOut"] | null;
            /** Met */
            met: boolean;
            remedy: components["schemas"]["SentenceOut"] | null;
        };
        /**
         * ConfirmationBody
         * @description The app's first code; ``browser`` asks for a cookie instead of tokens.
         */
        ConfirmationBody: {
            /**
             * Browser
             * @default false
             */
            browser?: boolean;
            /** Enrolment Token */
            enrolment_token: string;
            /** Otp */
            otp: string;
        };
        /**
         * ConflictKind
         * @description What kind of thing stands in the way.
         * @enum {string}
         */
        ConflictKind: "lock" | "freeze" | "denial" | "account_end" | "session" | "service";
        /**
         * ConflictOut
         * @description Something that stands in the way of an access in its time.
         */
        ConflictOut: {
            kind: components["schemas"]["ConflictKind"];
            says: components["schemas"]["SentenceOut"];
        };
        /**
         * CreatedCredential
         * @description A passkey that was made.
         */
        CreatedCredential: {
            /** Id */
            id: string;
            /** Rawid */
            rawId: string;
            response: components["schemas"]["CreationResponse"];
            /**
             * Type
             * @constant
             */
            type: "public-key";
        };
        /**
         * CreatedUserOut
         * @description The account, and the password to hand over, shown this once.
         */
        CreatedUserOut: {
            /** Initial Password */
            initial_password: string;
            user: components["schemas"]["UserOut"];
        };
        /**
         * CreationResponse
         * @description What an authenticator says of a passkey that it made.
         */
        CreationResponse: {
            /** Attestationobject */
            attestationObject: string;
            /** Clientdatajson */
            clientDataJSON: string;
        };
        /**
         * Criticality
         * @description What losing or misusing the asset could cost, as the plant's risk assessment says (IEC 62443-3-2:2020, 4.3).
         *
         *     ``safety`` marks parts of a safety instrumented system, which are to be kept apart from the rest (ZCR 3.3).
         * @enum {string}
         */
        Criticality: "low" | "medium" | "high" | "safety";
        /**
         * Day
         * @description A day of the week.
         * @enum {string}
         */
        Day: "mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun";
        /**
         * DeadlineCause
         * @description Which limit sets ``not_after``: the earliest of these.
         * @enum {string}
         */
        DeadlineCause: "duration" | "window" | "freeze" | "standing_end" | "account_end" | "deny_policy";
        /**
         * DeviceIdentity
         * @description The identity of one service, in the words of its protocol.
         */
        DeviceIdentity: {
            /** @default null */
            bacnet?: components["schemas"]["BacnetIdentity"] | null;
            /** @default null */
            enip?: components["schemas"]["EnipIdentity"] | null;
        };
        /**
         * DifferenceOut
         * @description One fact that is not as it was; ``null``: the device did not tell it.
         */
        DifferenceOut: {
            /** After */
            after: string | null;
            /** Before */
            before: string | null;
            /** Fact */
            fact: string;
        };
        /**
         * DrillList
         * @description The drill reports.
         */
        DrillList: {
            /** Items */
            items: components["schemas"]["DrillOut"][];
        };
        /**
         * DrillOut
         * @description What one press of the red button did, and how fast; ``cut_after_ms`` counts from the press.
         */
        DrillOut: {
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** By */
            by: string;
            /** Digest */
            digest: string;
            /** Duration Ms */
            duration_ms: number;
            /** Id */
            id: string;
            /** Reason */
            reason: string;
            /** Sessions */
            sessions: {
                [key: string]: unknown;
            }[];
            /** Site */
            site: string | null;
            /** Vendor Only */
            vendor_only: boolean;
        };
        /**
         * ElementOut
         * @description One object of a write; ``null`` is not known. A value in ``engineering_unit`` is the raw one times ``scale``.
         */
        ElementOut: {
            /** After */
            after: number | string | boolean | null;
            /** Before */
            before: number | string | boolean | null;
            /** Engineering Unit */
            engineering_unit: string;
            /** Object */
            object: string;
            /** Scale */
            scale: number;
            /** Tag */
            tag: string;
        };
        /**
         * EmptyBody
         * @description Nothing to say.
         */
        EmptyBody: Record<string, never>;
        /**
         * EnipIdentity
         * @description Attributes 1 to 8 of the Identity object. ``state`` 255: not told; nothing here is read from the device.
         */
        EnipIdentity: {
            /** Device Type */
            device_type: number;
            /** Major */
            major: number;
            /** Minor */
            minor: number;
            /** Product Code */
            product_code: number;
            /** Product Name */
            product_name: string;
            /** Serial Number */
            serial_number: number;
            /**
             * State
             * @default 255
             */
            state?: number;
            /**
             * Status
             * @default 0
             */
            status?: number;
            /** Vendor */
            vendor: number;
        };
        /**
         * EnrolledOut
         * @description The first login.
         */
        EnrolledOut: {
            /**
             * Csrf
             * @default null
             */
            csrf?: string | null;
            /** Recovery Codes */
            recovery_codes: string[];
            /**
             * Status
             * @default signed_in
             * @constant
             */
            status?: "signed_in";
            tokens: components["schemas"]["TokensOut"] | null;
        };
        /**
         * EnrolmentBody
         * @description Asks for a secret.
         */
        EnrolmentBody: {
            /** Enrolment Token */
            enrolment_token: string;
        };
        /**
         * EnrolmentRequest
         * @description The agent asks for its certificate; the private key never leaves the site.
         */
        EnrolmentRequest: {
            /**
             * Clock
             * Format: date-time
             */
            clock: string;
            /** Csr */
            csr: string;
            /** Name */
            name: string;
            /** Secret */
            secret: string;
            /** Software */
            software: string;
        };
        /**
         * EnrolmentRequiredOut
         * @description The password was right, and the second factor is to be set up first.
         */
        EnrolmentRequiredOut: {
            /** Enrolment Token */
            enrolment_token: string;
            /**
             * Status
             * @default totp_enrolment_required
             * @constant
             */
            status?: "totp_enrolment_required";
        };
        /**
         * EnrolmentResponse
         * @description The agent's certificate chain (leaf first), the CA, and the keys that session grants are signed with.
         */
        EnrolmentResponse: {
            /** Agent */
            agent: string;
            /** Ca */
            ca: string;
            /** Certificate */
            certificate: string;
            /** Grant Keys */
            grant_keys: {
                [key: string]: unknown;
            };
            /** Issuer */
            issuer: string;
            /** Site */
            site: string;
            /** Site Name */
            site_name: string;
        };
        /**
         * ExpiringUserOut
         * @description An account that ends within two weeks.
         */
        ExpiringUserOut: {
            /**
             * Ends At
             * Format: date-time
             */
            ends_at: string;
            /** Username */
            username: string;
        };
        /**
         * ExtensionBody
         * @description How much more time (seconds), and why.
         */
        ExtensionBody: {
            /** Duration */
            duration: number;
            /** Reason */
            reason: string;
        };
        /**
         * ExtensionList
         * @description The extensions of a session.
         */
        ExtensionList: {
            /** Items */
            items: components["schemas"]["ExtensionOut"][];
        };
        /**
         * ExtensionOut
         * @description A wish for more time; ``approvals_needed`` are those that are still missing.
         */
        ExtensionOut: {
            /** Approvals Needed */
            approvals_needed: {
                [key: string]: unknown;
            }[];
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Duration */
            duration: number;
            /**
             * Expires At
             * Format: date-time
             */
            expires_at: string;
            /** Id */
            id: string;
            /** Not After */
            not_after: string | null;
            /** Reason */
            reason: string;
            /** Session */
            session: string;
            /** State */
            state: string;
        };
        /**
         * FaultOut
         * @description The first bad link.
         */
        FaultOut: {
            /** Check */
            check: string;
            /** Detail */
            detail: string;
            /** Offset */
            offset: number;
            /** Place */
            place: string;
            /** Segment */
            segment: number | null;
        };
        /**
         * FindingOut
         * @description One policy's part in the answer; ``operation`` is what its rules say, were all of its conditions met.
         */
        FindingOut: {
            /** Applies */
            applies: boolean;
            /** Conditions */
            conditions: components["schemas"]["ConditionOut"][];
            /** Effect */
            effect: string;
            operation: components["schemas"]["broker__access__explain_models__OperationOut"] | null;
            /** Policy */
            policy: string;
        };
        /**
         * FingerprintOut
         * @description The device before and after the session; ``reason`` says why the looks were not taken, if so.
         */
        FingerprintOut: {
            after: components["schemas"]["LookOut"] | null;
            before: components["schemas"]["LookOut"] | null;
            /** Differences */
            differences: components["schemas"]["DifferenceOut"][];
            /**
             * Outcome
             * @enum {string}
             */
            outcome: "pending" | "unchanged" | "changed" | "not_taken";
            /** Reason */
            reason: string;
        };
        /**
         * Format
         * @description Which form.
         * @enum {string}
         */
        Format: "csv" | "pdf";
        /**
         * FreezeSpanOut
         * @description A freeze by its name, and its time; ``null`` where nobody has defined it, so that it always holds.
         */
        FreezeSpanOut: {
            /** Ends At */
            ends_at: string | null;
            /** Name */
            name: string;
            /** Starts At */
            starts_at: string | null;
        };
        /**
         * GrantOut
         * @description A time-boxed right.
         */
        GrantOut: {
            /** Activated At */
            activated_at: string | null;
            /** Asset */
            asset: string;
            /** Asset Name */
            asset_name: string;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Duration */
            duration: number;
            /** Ends At */
            ends_at: string | null;
            /** Id */
            id: string;
            /** Mode */
            mode: string;
            /** Policy */
            policy: string;
            /** Policy Digest */
            policy_digest: string;
            /** Reason */
            reason: string;
            /** Request */
            request: string | null;
            /** Request Hash */
            request_hash: string;
            /** Revoke Reason */
            revoke_reason: string;
            /** Revoked At */
            revoked_at: string | null;
            /** Revoked By */
            revoked_by: string | null;
            rules: components["schemas"]["Rules"];
            /** Rules Text */
            rules_text: string[];
            /** Service */
            service: string;
            /** Service Name */
            service_name: string;
            /** Site */
            site: string;
            state: components["schemas"]["GrantState"];
            /** Ticket */
            ticket: string;
            /** Tiers */
            tiers: components["schemas"]["Tier"][];
            /**
             * Usable From
             * Format: date-time
             */
            usable_from: string;
            /**
             * Usable Until
             * Format: date-time
             */
            usable_until: string;
            /** User */
            user: string;
            /** User Name */
            user_name: string;
        };
        /**
         * GrantPage
         * @description A page of grants, newest first.
         */
        GrantPage: {
            /** Items */
            items: components["schemas"]["GrantOut"][];
            /**
             * Next Cursor
             * @default null
             */
            next_cursor?: string | null;
        };
        /**
         * GrantState
         * @description Where a grant stands; derived from its times, never stored.
         * @enum {string}
         */
        GrantState: "waiting" | "active" | "ended" | "revoked";
        /**
         * GroupChangeBody
         * @description What to change. The short name stays: policies speak of the group by it.
         */
        GroupChangeBody: {
            /** Display Name */
            display_name: string;
        };
        /**
         * GroupOut
         * @description A group; ``members`` are user names.
         */
        GroupOut: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Display Name */
            display_name: string;
            /** Id */
            id: string;
            /** Members */
            members: string[];
            /** Name */
            name: string;
        };
        /**
         * GroupPage
         * @description Groups by name.
         */
        GroupPage: {
            /** Items */
            items: components["schemas"]["GroupOut"][];
            /**
             * Next Cursor
             * @default null
             */
            next_cursor?: string | null;
        };
        /**
         * ImportChange
         * @description What an import changes in one site or asset, in lines as in the audit log.
         */
        ImportChange: {
            /** Lines */
            lines: string[];
            /** Path */
            path: string;
        };
        /**
         * ImportOut
         * @description What the import did, or would do: paths of sites and assets. With problems it did nothing at all.
         *
         *     ``changes`` tells what is different in each that is ``changed``; ``uses`` counts what rests on services that end or
         *     are narrowed by it.
         */
        ImportOut: {
            /** Changed */
            changed: string[];
            /** Changes */
            changes: components["schemas"]["ImportChange"][];
            /** Created */
            created: string[];
            /** Dry Run */
            dry_run: boolean;
            /** Problems */
            problems: components["schemas"]["ImportProblem"][];
            /** Unchanged */
            unchanged: string[];
            uses: components["schemas"]["UsesOut"];
        };
        /**
         * ImportProblem
         * @description One thing that is wrong in the text; ``line`` counts from 1, and is 0 where it is about no line.
         */
        ImportProblem: {
            /**
             * Hint
             * @default
             */
            hint?: string;
            /** Line */
            line: number;
            /** Message */
            message: string;
            /**
             * Path
             * @default
             */
            path?: string;
        };
        /**
         * ImportRequest
         * @description An inventory as YAML; with ``dry_run`` nothing changes.
         */
        ImportRequest: {
            /**
             * Dry Run
             * @default false
             */
            dry_run?: boolean;
            /** Yaml */
            yaml: string;
        };
        /**
         * JoinTokenOut
         * @description A one-time right to enrol one agent; shown once. ``command`` is what to run on site.
         */
        JoinTokenOut: {
            /** Command */
            command: string;
            /**
             * Expires At
             * Format: date-time
             */
            expires_at: string;
            /** Token */
            token: string;
        };
        /**
         * KeySetOut
         * @description The public keys that this broker's evidence is signed with, as a JWK set.
         */
        KeySetOut: {
            /** Keys */
            keys: {
                [key: string]: unknown;
            }[];
        };
        /**
         * KillAllBody
         * @description Which sessions to cut: all, or those of vendors; everywhere, or on one site.
         */
        KillAllBody: {
            /** Reason */
            reason: string;
            /**
             * Site
             * @default null
             */
            site?: string | null;
            /**
             * Vendor Only
             * @default true
             */
            vendor_only?: boolean;
        };
        /**
         * LengthValue
         * @description A length of time in seconds.
         */
        LengthValue: {
            /** Seconds */
            seconds: number;
        };
        /**
         * Liveness
         * @description The process answers.
         */
        Liveness: {
            /**
             * Alive
             * @default true
             */
            alive?: boolean;
        };
        /**
         * LockIn
         * @description What to lock: the id or name of a site, an asset or a user.
         */
        LockIn: {
            kind: components["schemas"]["LockKind"];
            /** Reason */
            reason: string;
            /** Target */
            target: string;
            /**
             * Until
             * @default null
             */
            until?: string | null;
        };
        /**
         * LockKind
         * @description What is locked.
         * @enum {string}
         */
        LockKind: "site" | "asset" | "user";
        /**
         * LockOut
         * @description A lock.
         */
        LockOut: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Created By */
            created_by: string;
            /** Id */
            id: string;
            kind: components["schemas"]["LockKind"];
            /** Lifted At */
            lifted_at: string | null;
            /** Lifted By */
            lifted_by: string | null;
            /** Reason */
            reason: string;
            /** Target */
            target: string;
            /** Target Name */
            target_name: string;
            /** Until */
            until: string | null;
        };
        /**
         * LockPage
         * @description A page of locks, newest first.
         */
        LockPage: {
            /** Items */
            items: components["schemas"]["LockOut"][];
            /**
             * Next Cursor
             * @default null
             */
            next_cursor?: string | null;
        };
        /**
         * LoginBody
         * @description A password, and a code of the app or a recovery code; ``browser`` asks for a cookie instead of tokens.
         */
        LoginBody: {
            /**
             * Browser
             * @default false
             */
            browser?: boolean;
            /**
             * Otp
             * @default null
             */
            otp?: string | null;
            /** Password */
            password: string;
            /**
             * Recovery Code
             * @default null
             */
            recovery_code?: string | null;
            /** Username */
            username: string;
        };
        /**
         * LoginItem
         * @description One live login; ``last_seen_at`` is right to the minute (a program's: to the last refresh).
         */
        LoginItem: {
            /** Address */
            address: string;
            /**
             * Authenticated At
             * Format: date-time
             */
            authenticated_at: string;
            /** Current */
            current: boolean;
            /**
             * Expires At
             * Format: date-time
             */
            expires_at: string;
            /** Id */
            id: string;
            /**
             * Kind
             * @enum {string}
             */
            kind: "browser" | "api";
            /**
             * Last Seen At
             * Format: date-time
             */
            last_seen_at: string;
            /** Methods */
            methods: string[];
            /** Mfa At */
            mfa_at: string | null;
            /** User */
            user: string;
            /** User Agent */
            user_agent: string;
        };
        /**
         * LoginOut
         * @description Either of both.
         */
        LoginOut: components["schemas"]["SignedInOut"] | components["schemas"]["EnrolmentRequiredOut"];
        /**
         * LoginPage
         * @description Live logins, newest first.
         */
        LoginPage: {
            /** Items */
            items: components["schemas"]["LoginItem"][];
            /**
             * Next Cursor
             * @default null
             */
            next_cursor?: string | null;
        };
        /**
         * LookOut
         * @description One look at a device; ``problem`` says why it cannot be compared, if so.
         */
        LookOut: {
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** Facts */
            facts: {
                [key: string]: string;
            };
            /** Problem */
            problem: string;
        };
        /**
         * MomentValue
         * @description A moment, to be written by the reader's clock.
         */
        MomentValue: {
            /**
             * At
             * Format: date-time
             */
            at: string;
        };
        /**
         * NamedOut
         * @description Things of one kind by their names: groups, users, sites, labels ...
         */
        NamedOut: {
            /**
             * Kind
             * @enum {string}
             */
            kind: "group" | "user" | "organization" | "organization_kind" | "site" | "service" | "asset" | "zone" | "criticality" | "label";
            /** Names */
            names: string[];
        };
        /**
         * NarrowIn
         * @description What is left of the request: fewer tiers, a shorter duration (seconds), fewer sub-addresses or objects.
         *
         *     ``units``, ``routes``, ``reads`` and ``writes`` are laid over what was asked for: what both name is left.
         */
        NarrowIn: {
            /**
             * Duration
             * @default null
             */
            duration?: number | null;
            /**
             * Reads
             * @default null
             */
            reads?: components["schemas"]["ObjectRule"][] | null;
            /**
             * Routes
             * @default null
             */
            routes?: string[] | null;
            /**
             * Tiers
             * @default null
             */
            tiers?: components["schemas"]["Tier"][] | null;
            /**
             * Units
             * @default null
             */
            units?: number[] | null;
            /**
             * Writes
             * @default null
             */
            writes?: components["schemas"]["ObjectRule"][] | null;
        };
        /**
         * NeedOut
         * @description So many people of a group are needed; ``met`` have said yes.
         */
        NeedOut: {
            /** Count */
            count: number;
            /** Group */
            group: string;
            /** Met */
            met: number;
        };
        /**
         * NewAsset
         * @description A device and the site that it stands at (name or id).
         */
        NewAsset: {
            /** @default medium */
            criticality?: components["schemas"]["Criticality"];
            /**
             * Display Name
             * @default
             */
            display_name?: string;
            /**
             * Labels
             * @default {}
             */
            labels?: {
                [key: string]: string;
            };
            /** Name */
            name: string;
            /**
             * Services
             * @default []
             */
            services?: components["schemas"]["ServiceSpec"][];
            /** Site */
            site: string;
            /**
             * Units
             * @default null
             */
            units?: number[] | null;
            /**
             * Zone
             * @default
             */
            zone?: string;
        };
        /**
         * NewGroupBody
         * @description A group.
         */
        NewGroupBody: {
            /**
             * Display Name
             * @default
             */
            display_name?: string;
            /** Name */
            name: string;
        };
        /**
         * NewOrganizationBody
         * @description An organization.
         */
        NewOrganizationBody: {
            /**
             * Display Name
             * @default
             */
            display_name?: string;
            kind: components["schemas"]["OrganizationKind"];
            /** Name */
            name: string;
        };
        /**
         * NewPasskeyBody
         * @description A passkey, and a name to know it by.
         */
        NewPasskeyBody: {
            /** Ceremony */
            ceremony: string;
            credential: components["schemas"]["CreatedCredential"];
            /** Name */
            name: string;
        };
        /**
         * NewSite
         * @description A plant. ``banner`` is what everybody must have accepted before they ask for access or open a session there.
         */
        NewSite: {
            /**
             * Banner
             * @default
             */
            banner?: string;
            /**
             * Display Name
             * @default
             */
            display_name?: string;
            /** Name */
            name: string;
            /** Timezone */
            timezone: string;
        };
        /**
         * NewUserBody
         * @description An account; ``organization`` and ``sponsor`` are ids or names.
         */
        NewUserBody: {
            /**
             * Display Name
             * @default
             */
            display_name?: string;
            /**
             * Email
             * @default null
             */
            email?: string | null;
            /**
             * Ends At
             * @default null
             */
            ends_at?: string | null;
            /**
             * Is Emergency
             * @default false
             */
            is_emergency?: boolean;
            /** Organization */
            organization: string;
            /** Roles */
            roles: components["schemas"]["Role"][];
            /**
             * Sponsor
             * @default null
             */
            sponsor?: string | null;
            /** Username */
            username: string;
        };
        /**
         * Note
         * @description A reason, where one need not be given.
         */
        Note: {
            /**
             * Reason
             * @default
             */
            reason?: string;
        };
        /**
         * ObjectRule
         * @description Objects of one table that may be touched, and for writes the values that they may be given.
         *
         *     An object must have one of ``addresses`` and one of ``names``, where these are given; ``None`` asks for nothing.
         *     ``minimum`` and ``maximum`` bound the value written, raw; ``step`` its difference to the value before, ``rate`` the
         *     same over time. Where the value before is not known, a rule with ``step`` or ``rate`` does not hold.
         */
        ObjectRule: {
            /**
             * Addresses
             * @default null
             */
            addresses?: components["schemas"]["AddressRange"][] | null;
            /**
             * Maximum
             * @default null
             */
            maximum?: number | null;
            /**
             * Minimum
             * @default null
             */
            minimum?: number | null;
            /**
             * Names
             * @default null
             */
            names?: string[] | null;
            /** @default null */
            rate?: components["schemas"]["Rate"] | null;
            /**
             * Step
             * @default null
             */
            step?: number | null;
            /** Table */
            table: string;
        };
        /**
         * OneTimePasswordOut
         * @description The password to hand over, shown this once.
         */
        OneTimePasswordOut: {
            /** Password */
            password: string;
        };
        /**
         * Only
         * @description Which operations.
         * @enum {string}
         */
        Only: "all" | "writes" | "denials";
        /**
         * OpenBody
         * @description What to open; ``tiers`` may ask for less than the grant gives.
         */
        OpenBody: {
            /** Asset */
            asset: string;
            /**
             * Grant
             * @default null
             */
            grant?: string | null;
            /**
             * Service
             * @default
             */
            service?: string;
            /**
             * Tiers
             * @default []
             */
            tiers?: components["schemas"]["Tier"][];
        };
        /**
         * OperationIn
         * @description One operation inside the protocol; what is left out is not judged.
         */
        OperationIn: {
            /**
             * Address
             * @default null
             */
            address?: number | null;
            /**
             * Before
             * @default null
             */
            before?: number | null;
            /**
             * Count
             * @default 1
             */
            count?: number;
            /**
             * Name
             * @default
             */
            name?: string;
            /**
             * Route
             * @default null
             */
            route?: string | null;
            /**
             * Table
             * @default null
             */
            table?: string | null;
            tier: components["schemas"]["Tier"];
            /**
             * Unit
             * @default null
             */
            unit?: number | null;
            /**
             * Upload
             * @default false
             */
            upload?: boolean;
            /**
             * Value
             * @default null
             */
            value?: number | null;
        };
        /**
         * OperationsOut
         * @description Operations in order; ``next_segment`` is the first that an answer of whole segments left out.
         */
        OperationsOut: {
            /** Items */
            items: components["schemas"]["broker__recordings__routes__OperationOut"][];
            /** Next Cursor */
            next_cursor: string | null;
            /** Next Segment */
            next_segment: number | null;
        };
        /**
         * OrganizationChangeBody
         * @description What to change.
         */
        OrganizationChangeBody: {
            /**
             * Disabled
             * @default null
             */
            disabled?: boolean | null;
            /**
             * Display Name
             * @default null
             */
            display_name?: string | null;
        };
        /**
         * OrganizationKind
         * @description The plant's own people, or somebody else's.
         * @enum {string}
         */
        OrganizationKind: "internal" | "vendor";
        /**
         * OrganizationOut
         * @description An organization.
         */
        OrganizationOut: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Disabled */
            disabled: boolean;
            /** Display Name */
            display_name: string;
            /** Id */
            id: string;
            kind: components["schemas"]["OrganizationKind"];
            /** Name */
            name: string;
        };
        /**
         * OrganizationPage
         * @description Organizations by name.
         */
        OrganizationPage: {
            /** Items */
            items: components["schemas"]["OrganizationOut"][];
            /**
             * Next Cursor
             * @default null
             */
            next_cursor?: string | null;
        };
        /**
         * OtpBody
         * @description A fresh code.
         */
        OtpBody: {
            /** Otp */
            otp: string;
        };
        /**
         * OutcomeOut
         * @description One test's end: what came where something else was expected, and the same in English.
         */
        OutcomeOut: {
            /** Came */
            came: components["schemas"]["SentenceOut"][];
            /** Line */
            line: number;
            /** Message */
            message: string;
            /** Name */
            name: string;
            /** Passed */
            passed: boolean;
        };
        /**
         * OverviewOut
         * @description What the first page shows; ``null`` is what one's roles may not know.
         *
         *     ``waiting`` are requests that wait for the caller's word, ``questions`` what sessions ask of the plant just now and
         *     the caller may answer, ``my_requests`` the caller's own that are not decided.
         */
        OverviewOut: {
            agents: components["schemas"]["AgentCountsOut"] | null;
            audit: components["schemas"]["AuditStateOut"] | null;
            /** Expiring Users */
            expiring_users: components["schemas"]["ExpiringUserOut"][] | null;
            /** Live Sessions */
            live_sessions: number | null;
            /** My Requests */
            my_requests: number;
            /** My Sessions */
            my_sessions: number;
            /** Open Reviews */
            open_reviews: number | null;
            /** Questions */
            questions: number | null;
            /** Vendor Sessions */
            vendor_sessions: number | null;
            /** Waiting */
            waiting: number | null;
        };
        /**
         * Passage
         * @description What would become of an operation.
         * @enum {string}
         */
        Passage: "passes" | "asks" | "refused";
        /**
         * PassesOut
         * @description What may be said to these services.
         */
        PassesOut: {
            rules: components["schemas"]["Rules"];
            /** Services */
            services: string[];
        };
        /**
         * PasskeyLoginBody
         * @description A passkey to sign in with; ``browser`` asks for a cookie instead of tokens.
         */
        PasskeyLoginBody: {
            /**
             * Browser
             * @default false
             */
            browser?: boolean;
            /** Ceremony */
            ceremony: string;
            credential: components["schemas"]["ShownCredential"];
        };
        /**
         * PasskeyOut
         * @description A passkey; ``backed_up`` tells whether its maker keeps copies of it (so that it is on several devices).
         */
        PasskeyOut: {
            /** Backed Up */
            backed_up: boolean;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Id */
            id: string;
            /** Last Used At */
            last_used_at: string | null;
            /** Name */
            name: string;
        };
        /**
         * PasskeyPage
         * @description One's own passkeys, the oldest first.
         */
        PasskeyPage: {
            /** Items */
            items: components["schemas"]["PasskeyOut"][];
            /**
             * Next Cursor
             * @default null
             */
            next_cursor?: string | null;
        };
        /**
         * PasskeyProofBody
         * @description A passkey as a fresh proof.
         */
        PasskeyProofBody: {
            /** Ceremony */
            ceremony: string;
            credential: components["schemas"]["ShownCredential"];
        };
        /**
         * PasswordBody
         * @description A new password.
         */
        PasswordBody: {
            /** Current Password */
            current_password: string;
            /** New Password */
            new_password: string;
            /** Otp */
            otp: string;
        };
        /**
         * PastUseOut
         * @description How many sessions somebody had before, and when the last one opened.
         */
        PastUseOut: {
            /** Count */
            count: number;
            /** Last At */
            last_at: string | null;
        };
        /**
         * Permission
         * @description What a role may do in the product; the table of roles is in ``broker/identity/roles.py``.
         * @enum {string}
         */
        Permission: "people:read" | "people:manage" | "inventory:read" | "inventory:manage" | "policies:read" | "policies:manage" | "requests:create" | "requests:read_all" | "requests:decide" | "grants:revoke" | "sessions:open" | "sessions:read_all" | "sessions:cut" | "locks:manage" | "recordings:read" | "recordings:export" | "audit:read" | "system:manage";
        /**
         * PolicyApplyIn
         * @description Documents to put in force, all or none; ``dry_run`` only tells what would change.
         */
        PolicyApplyIn: {
            /**
             * Comment
             * @default
             */
            comment?: string;
            /**
             * Dry Run
             * @default false
             */
            dry_run?: boolean;
            /** Yaml */
            yaml: string;
        };
        /**
         * PolicyApplyOut
         * @description What became of each document, in the order of the text.
         */
        PolicyApplyOut: {
            /** Applied */
            applied: components["schemas"]["AppliedOut"][];
        };
        /**
         * PolicyCheckOut
         * @description The documents of a text without faults (a text with faults is answered with ``policy_invalid``).
         */
        PolicyCheckOut: {
            /** Documents */
            documents: components["schemas"]["CheckedPolicy"][];
        };
        /**
         * PolicyExplainIn
         * @description Whose access to what is to be explained; reason and second factor are taken as given.
         */
        PolicyExplainIn: {
            /**
             * Address
             * @default null
             */
            address?: string | null;
            /** Asset */
            asset: string;
            /**
             * At
             * @default null
             */
            at?: string | null;
            /**
             * Duration
             * @default null
             */
            duration?: number | null;
            /**
             * Emergency
             * @default false
             */
            emergency?: boolean;
            /** @default null */
            operation?: components["schemas"]["OperationIn"] | null;
            /**
             * Service
             * @default
             */
            service?: string;
            /**
             * Ticket
             * @default
             */
            ticket?: string;
            /**
             * Tiers
             * @default []
             */
            tiers?: components["schemas"]["Tier"][];
            /** User */
            user: string;
        };
        /**
         * PolicyExplainOut
         * @description The decision, each policy's part in it, and the same in words.
         */
        PolicyExplainOut: {
            answer: components["schemas"]["AnswerOut"];
            /** Findings */
            findings: components["schemas"]["FindingOut"][];
            /** Lines */
            lines: string[];
            operation: components["schemas"]["broker__access__explain_models__OperationOut"] | null;
        };
        /**
         * PolicyList
         * @description Policy documents, or versions of one.
         */
        PolicyList: {
            /** Items */
            items: components["schemas"]["PolicyOut"][];
        };
        /**
         * PolicyOut
         * @description One version of a policy document.
         */
        PolicyOut: {
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** Author */
            author: string;
            /** Author Name */
            author_name: string;
            /** Comment */
            comment: string;
            /** Diff */
            diff: string[];
            /** Digest */
            digest: string;
            /** Kind */
            kind: string;
            /** Name */
            name: string;
            /**
             * Text
             * @default null
             */
            text?: string | null;
            /** Version */
            version: number;
        };
        /**
         * PolicySchema
         * @description A JSON Schema (2020-12).
         */
        PolicySchema: {
            [key: string]: unknown;
        };
        /**
         * PolicyTestIn
         * @description Policy tests; ``policies`` are documents to lay over those that hold before testing.
         */
        PolicyTestIn: {
            /**
             * Policies
             * @default null
             */
            policies?: string | null;
            /** Yaml */
            yaml: string;
        };
        /**
         * PolicyTestOut
         * @description How the tests ended.
         */
        PolicyTestOut: {
            /** Outcomes */
            outcomes: components["schemas"]["OutcomeOut"][];
            /** Passed */
            passed: boolean;
        };
        /**
         * PolicyTextIn
         * @description A policy text of one or more documents.
         */
        PolicyTextIn: {
            /** Yaml */
            yaml: string;
        };
        /**
         * Problem
         * @description An error as RFC 9457 has it; ``code`` is stable, ``request_id`` finds the log line.
         */
        Problem: {
            /**
             * Code
             * @enum {string}
             */
            code: "account_rule" | "agent_busy" | "agent_offline" | "already_approved" | "approval_required" | "bad_csr" | "bad_request" | "banner_not_accepted" | "clock_skew" | "conflict" | "csrf_failed" | "denied" | "dial_failed" | "edit_conflict" | "enrolment_failed" | "forbidden" | "grant_ended" | "idempotency_mismatch" | "internal" | "invalid_input" | "invalid_inventory" | "join_token_expired" | "join_token_invalid" | "join_token_used" | "limit_reached" | "login_failed" | "method_not_allowed" | "mfa_required" | "name_taken" | "not_an_approver" | "not_found" | "not_narrower" | "otp_rejected" | "passkey_rejected" | "passkeys_unavailable" | "policy_invalid" | "range_unsatisfiable" | "reconnect_blocked" | "recording_broken" | "recording_failed" | "recording_key_missing" | "refresh_failed" | "request_changed" | "request_closed" | "request_outdated" | "self_approval" | "session_ended" | "session_held" | "setup_failed" | "storage_failed" | "storage_full" | "token_invalid" | "too_large" | "too_many_requests" | "unauthenticated" | "unavailable" | "unseal_failed" | "weak_password";
            /**
             * Detail
             * @default
             */
            detail?: string;
            /**
             * Hint
             * @default
             */
            hint?: string;
            /** Request Id */
            request_id: string;
            /** Status */
            status: number;
            /** Title */
            title: string;
            /** Type */
            type: string;
        };
        /**
         * ProofOut
         * @description What an approver must have shown: one of these second factors, at most ``max_age`` seconds before their yes.
         */
        ProofOut: {
            /** Max Age */
            max_age: number | null;
            /** Methods */
            methods: string[];
        };
        /**
         * QuestionOut
         * @description An operation that was refused for now, and what the plant says to it.
         *
         *     ``state`` is ``pending``, ``approved``, ``denied``, ``expired`` or ``withdrawn`` (the session ended first). After a
         *     yes the session may do exactly this once, until ``armed_until``. ``fingerprint`` (SHA-256, in hex) names it exactly:
         *     of very many objects and values only the first are shown.
         */
        QuestionOut: {
            /** Answered At */
            answered_at: string | null;
            /** Answered By */
            answered_by: string;
            /** Answered By Name */
            answered_by_name: string;
            /** Armed Until */
            armed_until: string | null;
            /** Asset */
            asset: string;
            /** Asset Name */
            asset_name: string;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /**
             * Expires At
             * Format: date-time
             */
            expires_at: string;
            /** Fingerprint */
            fingerprint: string;
            /** Function */
            function: string;
            /** Id */
            id: string;
            /** Objects */
            objects: string[];
            /** Protocol */
            protocol: string;
            /** Reason */
            reason: string;
            /** Route */
            route: string;
            /** Service Name */
            service_name: string;
            /** Session */
            session: string;
            /** Site */
            site: string;
            /** State */
            state: string;
            /** Ticket */
            ticket: string;
            /** Tier */
            tier: string;
            /** Unit */
            unit: number | null;
            /** User */
            user: string;
            /** User Name */
            user_name: string;
            /** Values */
            values: (number | string | boolean)[];
        };
        /**
         * QuestionPage
         * @description One page of questions.
         */
        QuestionPage: {
            /** Items */
            items: components["schemas"]["QuestionOut"][];
            /**
             * Next Cursor
             * @default null
             */
            next_cursor?: string | null;
        };
        /**
         * Rate
         * @description How fast a value may change: by ``change`` at once, and again by as much when ``seconds`` have passed.
         */
        Rate: {
            /** Change */
            change: number;
            /**
             * Seconds
             * @enum {integer}
             */
            seconds: 1 | 60 | 3600;
        };
        /**
         * ReachList
         * @description The assets that are there of those that were asked for, in their order.
         */
        ReachList: {
            /** Items */
            items: components["schemas"]["ReachOut"][];
        };
        /**
         * ReachOut
         * @description An asset by its id, and the policies that mean it.
         */
        ReachOut: {
            /** Asset */
            asset: string;
            /** Items */
            items: components["schemas"]["AssetAccessOut"][];
        };
        /**
         * Readiness
         * @description Whether the broker can do its work; ``problems`` names what it lacks.
         */
        Readiness: {
            /** Problems */
            problems: {
                [key: string]: string;
            };
            /** Ready */
            ready: boolean;
        };
        /**
         * ReasonBody
         * @description Why.
         */
        ReasonBody: {
            /** Reason */
            reason: string;
        };
        /**
         * ReasonIn
         * @description Why.
         */
        ReasonIn: {
            /** Reason */
            reason: string;
        };
        /**
         * ReasonOut
         * @description Why something is refused: for machines, for people, from which policy, and what would help.
         */
        ReasonOut: {
            code: components["schemas"]["Code"];
            message: components["schemas"]["SentenceOut"];
            /** Policy */
            policy: string | null;
            remedy: components["schemas"]["SentenceOut"] | null;
        };
        /**
         * RecordingOut
         * @description One recording; counts and sizes are 0 while it is open.
         */
        RecordingOut: {
            /** Asset */
            asset: string;
            /** Asset Name */
            asset_name: string;
            /** Bytes To Asset */
            bytes_to_asset: number;
            /** Bytes To User */
            bytes_to_user: number;
            /** Denials */
            denials: number;
            /** End Code */
            end_code: string;
            /** Ended At */
            ended_at: string | null;
            /** Grant */
            grant: string;
            /** Id */
            id: string;
            /** Last Link */
            last_link: string;
            /** Operations */
            operations: number;
            /** Organization */
            organization: string;
            /** Problem */
            problem: string;
            /** Protocol */
            protocol: string;
            /** Segments */
            segments: number;
            /** Service Name */
            service_name: string;
            /** Session */
            session: string;
            /** Site */
            site: string;
            /** Size */
            size: number;
            /**
             * Started At
             * Format: date-time
             */
            started_at: string;
            state: components["schemas"]["RecordingState"];
            /** Ticket */
            ticket: string;
            /** User */
            user: string;
            /** User Name */
            user_name: string;
            /** Writes */
            writes: number;
        };
        /**
         * RecordingPage
         * @description One page of recordings.
         */
        RecordingPage: {
            /** Items */
            items: components["schemas"]["RecordingOut"][];
            /**
             * Next Cursor
             * @default null
             */
            next_cursor?: string | null;
        };
        /**
         * RecordingState
         * @description What became of a recording.
         * @enum {string}
         */
        RecordingState: "open" | "closed" | "failed" | "crashed" | "broken";
        /**
         * RecoveryCodesOut
         * @description Ten codes, shown this once.
         */
        RecoveryCodesOut: {
            /** Recovery Codes */
            recovery_codes: string[];
        };
        /**
         * RefreshBody
         * @description A refresh token, used once.
         */
        RefreshBody: {
            /** Refresh Token */
            refresh_token: string;
        };
        /**
         * RequestIn
         * @description What is asked for. ``asset`` is an id or ``site/name``; ``duration`` is in seconds and runs from activation.
         */
        RequestIn: {
            /** Asset */
            asset: string;
            /**
             * Duration
             * @default null
             */
            duration?: number | null;
            /**
             * Emergency
             * @default false
             */
            emergency?: boolean;
            /**
             * Reason
             * @default
             */
            reason?: string;
            /**
             * Service
             * @default
             */
            service?: string;
            /**
             * Starts At
             * @default null
             */
            starts_at?: string | null;
            /**
             * Ticket
             * @default
             */
            ticket?: string;
            /**
             * Tiers
             * @default []
             */
            tiers?: components["schemas"]["Tier"][];
        };
        /**
         * RequestPreview
         * @description What a request would come to. ``reasons`` are what still stands in the way; one fills in what is missing.
         *
         *     Where only the reason or the ticket is missing, ``outcome`` is what it will be with them. ``tiers`` and ``ask`` are
         *     all that the policy gives, ``rules`` what it gives of those that were asked for (``null`` until it gives something).
         *     ``supervised``: somebody of the plant must watch, or input stops.
         */
        RequestPreview: {
            /** Approvals */
            approvals: components["schemas"]["AskedGroupOut"][];
            /** Ask */
            ask: components["schemas"]["Tier"][];
            /** Conflicts */
            conflicts: components["schemas"]["ConflictOut"][];
            /** Login */
            login: string;
            /** Max Duration */
            max_duration: number | null;
            outcome: components["schemas"]["broker__access__previewing__Outcome"];
            /** Policy */
            policy: string | null;
            /** Reason Required */
            reason_required: boolean;
            /** Reasons */
            reasons: components["schemas"]["ReasonOut"][];
            rules: components["schemas"]["Rules"] | null;
            /** Rules Text */
            rules_text: string[];
            /** Supervised */
            supervised: boolean;
            /** Ticket Example */
            ticket_example: string | null;
            /** Ticket Pattern */
            ticket_pattern: string | null;
            /** Tiers */
            tiers: components["schemas"]["Tier"][];
            windows: components["schemas"]["WindowsOut"] | null;
        };
        /**
         * RequestState
         * @description Where a request (or an extension) stands.
         * @enum {string}
         */
        RequestState: "pending" | "approved" | "denied" | "withdrawn" | "expired";
        /**
         * RestoreOut
         * @description One object of an undo sheet: ``value`` stood there before the first write of the period, ``null``: unknown.
         *
         *     ``source`` says where that is known from. ``confirmed``: the device confirmed each of the ``writes``.
         */
        RestoreOut: {
            /** Asset */
            asset: string;
            /** Asset Name */
            asset_name: string;
            /** Confirmed */
            confirmed: boolean;
            /** Engineering Unit */
            engineering_unit: string;
            /**
             * Last At
             * Format: date-time
             */
            last_at: string;
            /** Last Value */
            last_value: number | string | boolean | null;
            /** Number */
            number: number;
            /** Object */
            object: string;
            /** Protocol */
            protocol: string;
            /** Recording */
            recording: string;
            /** Route */
            route: string;
            /** Scale */
            scale: number;
            /** Service Name */
            service_name: string;
            /** Source */
            source: string;
            /** Tag */
            tag: string;
            /** Unit */
            unit: number | null;
            /** Value */
            value: number | string | boolean | null;
            /** Writes */
            writes: number;
        };
        /**
         * ReviewIn
         * @description What the review of an emergency access found.
         */
        ReviewIn: {
            /** Comment */
            comment: string;
            outcome: components["schemas"]["ReviewOutcome"];
        };
        /**
         * ReviewOut
         * @description The review of an emergency access; ``may_close`` says whether the caller may close it now.
         */
        ReviewOut: {
            /** Asset */
            asset: string;
            /** Asset Name */
            asset_name: string;
            /** Closed At */
            closed_at: string | null;
            /** Closed By */
            closed_by: string | null;
            /** Closed By Name */
            closed_by_name: string;
            /** Comment */
            comment: string;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Group */
            group: string;
            /** Id */
            id: string;
            /** May Close */
            may_close: boolean;
            outcome: components["schemas"]["ReviewOutcome"] | null;
            /** Reason */
            reason: string;
            /** Request */
            request: string;
            /** Service Name */
            service_name: string;
            /** Site */
            site: string;
            /**
             * State
             * @enum {string}
             */
            state: "open" | "closed";
            /** User */
            user: string;
            /** User Name */
            user_name: string;
        };
        /**
         * ReviewOutcome
         * @description What the reviewer found.
         * @enum {string}
         */
        ReviewOutcome: "justified" | "unjustified";
        /**
         * ReviewPage
         * @description A page of reviews, newest first.
         */
        ReviewPage: {
            /** Items */
            items: components["schemas"]["ReviewOut"][];
            /**
             * Next Cursor
             * @default null
             */
            next_cursor?: string | null;
        };
        /**
         * Role
         * @description What a user may do in the product; a user may hold several.
         * @enum {string}
         */
        Role: "vendor" | "operator" | "admin" | "auditor";
        /**
         * Rules
         * @description What a guard lets through; an empty ``tiers`` lets nothing through.
         *
         *     ``units`` and ``routes`` fence sub-addresses (Modbus unit ids, CIP paths); ``None`` means no fence was asked for.
         *     ``reads`` and ``writes`` narrow READ and OPERATE to objects; ``None`` means the whole tier.
         *     ``ask`` names tiers that are refused once, asked of the operator, and passed once if approved; the approved
         *     operation may then be repeated within ``arm_seconds`` (``None``: ``DEFAULT_ARM_SECONDS``).
         *     ``max_rate`` is in requests per second, ``max_in_flight`` in requests per stream.
         *     ``scan`` are sweeps to be noticed, each by itself. ``read_before_write`` wants the value before in the change log.
         *     ``opaque`` lets a protocol pass that no guard understands; it never loosens a guarded one.
         */
        Rules: {
            /**
             * Arm Seconds
             * @default null
             */
            arm_seconds?: number | null;
            /**
             * Ask
             * @default []
             */
            ask?: components["schemas"]["Tier"][];
            /**
             * Max In Flight
             * @default 1
             */
            max_in_flight?: number;
            /**
             * Max Rate
             * @default null
             */
            max_rate?: number | null;
            /**
             * Opaque
             * @default false
             */
            opaque?: boolean;
            /**
             * Read Before Write
             * @default false
             */
            read_before_write?: boolean;
            /**
             * Reads
             * @default null
             */
            reads?: components["schemas"]["ObjectRule"][][] | components["schemas"]["ObjectRule"][] | null;
            /**
             * Routes
             * @default null
             */
            routes?: string[] | null;
            /**
             * Scan
             * @default []
             */
            scan?: components["schemas"]["Scan"][];
            /**
             * Tiers
             * @default []
             */
            tiers?: components["schemas"]["Tier"][];
            /**
             * Units
             * @default null
             */
            units?: number[] | null;
            /**
             * Upload
             * @default false
             */
            upload?: boolean;
            /**
             * Writes
             * @default null
             */
            writes?: components["schemas"]["ObjectRule"][][] | components["schemas"]["ObjectRule"][] | null;
        };
        /**
         * Scan
         * @description A session that touches more than ``limit`` distinct objects, sub-addresses or functions in so long sweeps.
         */
        Scan: {
            action: components["schemas"]["ScanAction"];
            /** Limit */
            limit: number;
            /** Seconds */
            seconds: number;
        };
        /**
         * ScanAction
         * @description What becomes of a session that sweeps over its target.
         * @enum {string}
         */
        ScanAction: "throttle" | "cut";
        /**
         * SecretOut
         * @description For the user's app, as text and as the URI of a QR code.
         */
        SecretOut: {
            /** Otpauth Uri */
            otpauth_uri: string;
            /** Secret */
            secret: string;
        };
        /**
         * Segmentation
         * @description Which way a BACnet device sends what is longer than one APDU (BACnetSegmentation, clause 21).
         * @enum {string}
         */
        Segmentation: "both" | "transmit" | "receive" | "none";
        /**
         * SentenceOut
         * @description A sentence: its key, what is put into it by name, and the whole in English.
         */
        SentenceOut: {
            /** Key */
            key: string;
            /** Text */
            text: string;
            /** Values */
            values: {
                [key: string]: string | components["schemas"]["MomentValue"] | components["schemas"]["LengthValue"] | components["schemas"]["WordsValue"];
            };
        };
        /**
         * ServiceLimits
         * @description What the service takes: streams at once, requests per second, seconds; devices come first.
         */
        ServiceLimits: {
            /**
             * Device Timeout Seconds
             * @default 30
             */
            device_timeout_seconds?: number;
            /**
             * Idle Seconds
             * @default null
             */
            idle_seconds?: number | null;
            /**
             * Max Rate
             * @default null
             */
            max_rate?: number | null;
            /**
             * Max Streams
             * @default 1
             */
            max_streams?: number;
        };
        /**
         * ServiceOut
         * @description One way to talk to an asset; ``guarded`` tells whether its operations are understood or pass opaquely.
         *
         *     ``units`` is the fence of asset and service together, ``own_units`` that of the service alone.
         */
        ServiceOut: {
            /** Guarded */
            guarded: boolean;
            /** Host */
            host: string;
            /** Id */
            id: string;
            identity: components["schemas"]["DeviceIdentity"] | null;
            limits: components["schemas"]["ServiceLimits"];
            /** Name */
            name: string;
            /** Own Units */
            own_units: number[] | null;
            /** Port */
            port: number;
            /** Protocol */
            protocol: string;
            /** Routes */
            routes: string[] | null;
            /** Units */
            units: number[] | null;
        };
        /**
         * ServiceSpec
         * @description One way to talk to an asset.
         */
        ServiceSpec: {
            /** Host */
            host: string;
            /** @default null */
            identity?: components["schemas"]["DeviceIdentity"] | null;
            /**
             * @default {
             *       "device_timeout_seconds": 30,
             *       "idle_seconds": null,
             *       "max_rate": null,
             *       "max_streams": 1
             *     }
             */
            limits?: components["schemas"]["ServiceLimits"];
            /** Name */
            name: string;
            /** Port */
            port: number;
            /** Protocol */
            protocol: string;
            /**
             * Routes
             * @default null
             */
            routes?: string[] | null;
            /**
             * Units
             * @default null
             */
            units?: number[] | null;
        };
        /**
         * SessionOut
         * @description One use of a grant by one user on one service; what is counted is as of now, or of its end.
         *
         *     ``operations`` are requests, ``writes`` those above READ that passed, ``denials`` those that did not; ``rate`` is
         *     requests per second over the last ten seconds. ``connected``: a stream is open, or the user's client watches.
         *     ``fingerprint`` is there where the policy wants the device to be looked at, ``supervision`` while a session lives
         *     that somebody of the plant must watch: ``waiting`` while nobody does, and nothing of the user's reaches the asset.
         */
        SessionOut: {
            /** Address */
            address: string;
            /** Asset */
            asset: string;
            /** Asset Name */
            asset_name: string;
            /** Bytes To Asset */
            bytes_to_asset: number;
            /** Bytes To User */
            bytes_to_user: number;
            /** Connected */
            connected: boolean;
            /** Denials */
            denials: number;
            /** Emergency */
            emergency: boolean;
            /** End Code */
            end_code: string | null;
            /** End Detail */
            end_detail: string;
            /** Ended At */
            ended_at: string | null;
            fingerprint: components["schemas"]["FingerprintOut"] | null;
            /** Grant */
            grant: string;
            /** Id */
            id: string;
            /**
             * Not After
             * Format: date-time
             */
            not_after: string;
            /**
             * Opened At
             * Format: date-time
             */
            opened_at: string;
            /** Operations */
            operations: number;
            /** Organization */
            organization: string;
            /** Policy */
            policy: string;
            /** Protocol */
            protocol: string;
            /** Rate */
            rate: number;
            /** Reason */
            reason: string;
            /** Recording */
            recording: string | null;
            /** Request */
            request: string | null;
            /** Service */
            service: string;
            /** Service Name */
            service_name: string;
            /** Site */
            site: string;
            /** State */
            state: string;
            /** Streams */
            streams: number;
            /** Supervision */
            supervision: ("waiting" | "watched") | null;
            /** Ticket */
            ticket: string;
            /** Tiers */
            tiers: string[];
            /** Tiers Used */
            tiers_used: string[];
            /** User */
            user: string;
            /** User Name */
            user_name: string;
            /** Vendor */
            vendor: boolean;
            /** Writes */
            writes: number;
        };
        /**
         * SessionPage
         * @description One page of sessions.
         */
        SessionPage: {
            /** Items */
            items: components["schemas"]["SessionOut"][];
            /**
             * Next Cursor
             * @default null
             */
            next_cursor?: string | null;
        };
        /**
         * SettingOut
         * @description One setting; ``value`` and ``default`` as text, secrets masked.
         */
        SettingOut: {
            /** Default */
            default: string;
            /** Meaning */
            meaning: string;
            /** Name */
            name: string;
            /**
             * Origin
             * @enum {string}
             */
            origin: "default" | "file" | "environment";
            /** Value */
            value: string;
        };
        /**
         * SettingsOut
         * @description Every setting. They count from the start on: a change needs another start.
         */
        SettingsOut: {
            /** Items */
            items: components["schemas"]["SettingOut"][];
        };
        /**
         * SetupBody
         * @description The first admin.
         */
        SetupBody: {
            /** Password */
            password: string;
            /** Token */
            token: string;
            /** Username */
            username: string;
        };
        /**
         * SheetKind
         * @description Which file.
         * @enum {string}
         */
        SheetKind: "changes" | "undo";
        /**
         * ShownCredential
         * @description A passkey that was shown.
         */
        ShownCredential: {
            /** Id */
            id: string;
            /** Rawid */
            rawId: string;
            response: components["schemas"]["AssertionResponse"];
            /**
             * Type
             * @constant
             */
            type: "public-key";
        };
        /**
         * SignedInOut
         * @description A login started: a program gets ``tokens``, a browser a cookie, and ``csrf`` for the header ``X-Wicket-CSRF``.
         */
        SignedInOut: {
            /**
             * Csrf
             * @default null
             */
            csrf?: string | null;
            /**
             * Status
             * @default signed_in
             * @constant
             */
            status?: "signed_in";
            tokens: components["schemas"]["TokensOut"] | null;
        };
        /**
         * SiteChange
         * @description What is to change; fields left out stay.
         */
        SiteChange: {
            /**
             * Banner
             * @default null
             */
            banner?: string | null;
            /**
             * Display Name
             * @default null
             */
            display_name?: string | null;
            /**
             * Timezone
             * @default null
             */
            timezone?: string | null;
            /**
             * Version
             * @default null
             */
            version?: number | null;
        };
        /**
         * SiteLockOut
         * @description The plant's own lock, which no grant opens.
         */
        SiteLockOut: {
            /** Agent */
            agent: string;
            /** Reason */
            reason: string;
            /** Until */
            until: string | null;
        };
        /**
         * SiteOut
         * @description A plant.
         */
        SiteOut: {
            /** Banner */
            banner: string;
            /** Display Name */
            display_name: string;
            /** Id */
            id: string;
            lock: components["schemas"]["SiteLockOut"] | null;
            /** Name */
            name: string;
            /** Online */
            online: boolean;
            /** Timezone */
            timezone: string;
            /** Version */
            version: number;
        };
        /**
         * SitePage
         * @description A page of sites.
         */
        SitePage: {
            /** Items */
            items: components["schemas"]["SiteOut"][];
            /**
             * Next Cursor
             * @default null
             */
            next_cursor?: string | null;
        };
        /**
         * StepUpOut
         * @description Either of both: a program gets new tokens.
         */
        StepUpOut: components["schemas"]["TokensOut"] | components["schemas"]["SteppedUpOut"];
        /**
         * SteppedUpOut
         * @description A browser's login is fresh again.
         */
        SteppedUpOut: {
            /**
             * Status
             * @default stepped_up
             * @constant
             */
            status?: "stepped_up";
            /**
             * Tokens
             * @default null
             */
            tokens?: null;
        };
        /**
         * TagImport
         * @description A tag list as CSV; its first line names the columns. With ``dry_run`` nothing changes.
         */
        TagImport: {
            /** Csv */
            csv: string;
            /**
             * Dry Run
             * @default false
             */
            dry_run?: boolean;
        };
        /**
         * TagImportOut
         * @description How many tags the asset has now, or would have, and what is different from the list before.
         */
        TagImportOut: {
            /** Added */
            added: number;
            /** Changed */
            changed: number;
            /** Count */
            count: number;
            /** Dry Run */
            dry_run: boolean;
            /** Removed */
            removed: number;
        };
        /**
         * TagPage
         * @description One page of a tag list.
         */
        TagPage: {
            /** Items */
            items: components["schemas"]["TagSpec"][];
            /**
             * Next Cursor
             * @default null
             */
            next_cursor?: string | null;
        };
        /**
         * TagSpec
         * @description One line of a tag list. ``unit``: the sub-address, where the protocol has one; ``null`` for all of them.
         */
        TagSpec: {
            /** Address */
            address: string;
            /**
             * Engineering Unit
             * @default
             */
            engineering_unit?: string;
            /** Name */
            name: string;
            /** Protocol */
            protocol: string;
            /**
             * Scale
             * @default 1
             */
            scale?: number;
            /** Table */
            table: string;
            /**
             * Unit
             * @default null
             */
            unit?: number | null;
        };
        /**
         * Tier
         * @description What an operation does to the process; the later, the more dangerous.
         * @enum {string}
         */
        Tier: "read" | "operate" | "program" | "firmware";
        /**
         * TokensOut
         * @description What a signed-in client holds; ``expires_in`` is the access token's, in seconds.
         */
        TokensOut: {
            /** Access Token */
            access_token: string;
            /** Expires In */
            expires_in: number;
            /** Refresh Token */
            refresh_token: string;
            /**
             * Token Type
             * @default Bearer
             * @constant
             */
            token_type?: "Bearer";
        };
        /**
         * UndoSheetOut
         * @description What could be restored, the object that was written last on top. Nothing writes it back by itself.
         *
         *     ``is_cut``: there were more writes than one sheet takes, and the oldest are missing.
         */
        UndoSheetOut: {
            /** Is Cut */
            is_cut: boolean;
            /** Items */
            items: components["schemas"]["RestoreOut"][];
            /** Unreadable */
            unreadable: components["schemas"]["UnreadableOut"][];
        };
        /**
         * UnreadableOut
         * @description A recording whose writes are missing here, and why.
         */
        UnreadableOut: {
            /** Code */
            code: string;
            /** Detail */
            detail: string;
            /** Recording */
            recording: string;
        };
        /**
         * UserChangeBody
         * @description What to change: only fields that are given count.
         */
        UserChangeBody: {
            /**
             * Display Name
             * @default
             */
            display_name?: string;
            /**
             * Email
             * @default null
             */
            email?: string | null;
            /**
             * Ends At
             * @default null
             */
            ends_at?: string | null;
            /**
             * Roles
             * @default []
             */
            roles?: components["schemas"]["Role"][];
            /**
             * Sponsor
             * @default null
             */
            sponsor?: string | null;
        };
        /**
         * UserOut
         * @description An account; ``organization``, ``groups`` and ``sponsor`` are names.
         */
        UserOut: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Disabled */
            disabled: boolean;
            /** Disabled Reason */
            disabled_reason: string;
            /** Display Name */
            display_name: string;
            /** Email */
            email: string | null;
            /** Ends At */
            ends_at: string | null;
            /** Groups */
            groups: string[];
            /** Id */
            id: string;
            /** Is Emergency */
            is_emergency: boolean;
            /** Last Signed In At */
            last_signed_in_at: string | null;
            /** Mfa Enrolled */
            mfa_enrolled: boolean;
            /** Organization */
            organization: string;
            organization_kind: components["schemas"]["OrganizationKind"];
            /** Roles */
            roles: components["schemas"]["Role"][];
            /** Sponsor */
            sponsor: string | null;
            /** Username */
            username: string;
        };
        /**
         * UserPage
         * @description Accounts by name.
         */
        UserPage: {
            /** Items */
            items: components["schemas"]["UserOut"][];
            /**
             * Next Cursor
             * @default null
             */
            next_cursor?: string | null;
        };
        /**
         * UsesOut
         * @description What rests on services: live sessions, grants that may still be used, requests that nobody has decided.
         */
        UsesOut: {
            /** Grants */
            grants: number;
            /** Requests */
            requests: number;
            /** Sessions */
            sessions: number;
        };
        /**
         * WarnBody
         * @description What to tell the user.
         */
        WarnBody: {
            /** Text */
            text: string;
        };
        /**
         * WelcomeOut
         * @description Whose page it is; ``banner`` is to be accepted before signing in, an empty one is none.
         */
        WelcomeOut: {
            /** Banner */
            banner: string;
            /**
             * Name
             * @default Wicketgate
             * @constant
             */
            name?: "Wicketgate";
            /** Setup Needed */
            setup_needed: boolean;
            /** Version */
            version: string;
        };
        /**
         * WhoAmIOut
         * @description The signed-in user; ``expires_at`` is when this ``login`` ends at the latest, ``csrf`` is a browser's.
         */
        WhoAmIOut: {
            /**
             * Authenticated At
             * Format: date-time
             */
            authenticated_at: string;
            /** Csrf */
            csrf: string | null;
            /** Display Name */
            display_name: string;
            /**
             * Expires At
             * Format: date-time
             */
            expires_at: string;
            /** Groups */
            groups: string[];
            /** Id */
            id: string;
            /** Login */
            login: string;
            /** Methods */
            methods: string[];
            /** Mfa At */
            mfa_at: string | null;
            /** Organization */
            organization: string;
            organization_kind: components["schemas"]["OrganizationKind"];
            /** Passkeys */
            passkeys: number;
            /** Permissions */
            permissions: components["schemas"]["Permission"][];
            /** Recovery Codes Left */
            recovery_codes_left: number;
            /** Roles */
            roles: components["schemas"]["Role"][];
            /** Username */
            username: string;
        };
        /**
         * Why
         * @description The reason for something that others will ask about.
         */
        Why: {
            /** Reason */
            reason: string;
        };
        /**
         * WindowsOut
         * @description When a policy holds: days and times by a clock, any if none are named, and freezes.
         *
         *     A policy that gives does so outside of its freezes; one that refuses, only within them.
         */
        WindowsOut: {
            /** Closes */
            closes: string | null;
            /** Days */
            days: components["schemas"]["Day"][];
            /** Freezes */
            freezes: components["schemas"]["FreezeSpanOut"][];
            /** Opens */
            opens: string | null;
            /** Text */
            text: string;
            /** Timezone */
            timezone: string | null;
        };
        /**
         * WordsValue
         * @description Words of the policy language, such as tiers.
         */
        WordsValue: {
            /** Words */
            words: string[];
        };
        /**
         * OperationOut
         * @description What would become of the operation.
         */
        broker__access__explain_models__OperationOut: {
            message: components["schemas"]["SentenceOut"];
            passage: components["schemas"]["Passage"];
        };
        /**
         * Outcome
         * @description What a request would come to.
         * @enum {string}
         */
        broker__access__previewing__Outcome: "approved_at_once" | "needs_approval" | "needs_mfa" | "denied";
        /**
         * VerificationOut
         * @description Whether the chain holds; if not, ``sequence`` and ``problem`` name the first thing that does not.
         */
        broker__audit__routes__VerificationOut: {
            /**
             * Checkpoints
             * @default 0
             */
            checkpoints?: number;
            /**
             * Head
             * @default
             */
            head?: string;
            /** Intact */
            intact: boolean;
            /**
             * Links
             * @default 0
             */
            links?: number;
            /**
             * Problem
             * @default null
             */
            problem?: string | null;
            /**
             * Sequence
             * @default null
             */
            sequence?: number | null;
            /**
             * Uncovered
             * @default 0
             */
            uncovered?: number;
        };
        /**
         * OperationOut
         * @description One operation. ``number`` counts them through the whole recording from 1 on; answers have none.
         *
         *     What the guard saw stands as it was recorded (docs/recording-format.md, 3.2): what does not apply is left out, and
         *     ``unreadable`` is all that there is where nothing can be read.
         */
        broker__recordings__routes__OperationOut: {
            /**
             * At
             * Format: date-time
             */
            at: string;
            /**
             * Direction
             * @default
             */
            direction?: string;
            /**
             * Exception Code
             * @default null
             */
            exception_code?: number | null;
            /**
             * Function
             * @default
             */
            function?: string;
            /**
             * Function Code
             * @default 0
             */
            function_code?: number;
            /**
             * Is Response
             * @default false
             */
            is_response?: boolean;
            /**
             * Is Upload
             * @default false
             */
            is_upload?: boolean;
            /** Number */
            number: number | null;
            /**
             * Objects
             * @default []
             */
            objects?: string[];
            /**
             * Protocol
             * @default
             */
            protocol?: string;
            /**
             * Reason
             * @default
             */
            reason?: string;
            /**
             * Route
             * @default
             */
            route?: string;
            /** Since Start Ns */
            since_start_ns: number;
            /** Stream */
            stream: number;
            /**
             * Tier
             * @default
             */
            tier?: string;
            /**
             * Transaction
             * @default null
             */
            transaction?: number | null;
            /**
             * Unit
             * @default null
             */
            unit?: number | null;
            /**
             * Unreadable
             * @default false
             */
            unreadable?: boolean;
            /**
             * Values
             * @default []
             */
            values?: (number | string | boolean)[];
            /**
             * Verdict
             * @default
             */
            verdict?: string;
        };
        /**
         * VerificationOut
         * @description What was proved; ``verified_bytes`` and ``segments`` are of the part that holds.
         */
        broker__recordings__routes__VerificationOut: {
            /** Content Checked */
            content_checked: boolean;
            /** Denials */
            denials: number;
            /** Detail */
            detail: string;
            fault: components["schemas"]["FaultOut"] | null;
            /** Last Link */
            last_link: string;
            /** Operations */
            operations: number;
            /** Segments */
            segments: number;
            /**
             * State
             * @enum {string}
             */
            state: "whole" | "open" | "broken";
            /** Torn Bytes */
            torn_bytes: number;
            /** Verified Bytes */
            verified_bytes: number;
            /** Writes */
            writes: number;
        };
        /**
         * Outcome
         * @description What became of a write that was let through.
         * @enum {string}
         */
        broker__recordings__writes__Outcome: "accepted" | "refused" | "unanswered";
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    post_agent_v1_enrolment: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EnrolmentRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EnrolmentResponse"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_access: {
        parameters: {
            query: {
                assets: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReachList"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_agents: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string | null;
                site?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AgentPage"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_agents_by_agent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                agent: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AgentOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_agents_by_agent_release: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                agent: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Note"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AgentOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_agents_by_agent_revoke: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                agent: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Why"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AgentOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_assets: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string | null;
                site?: string | null;
                label?: string[];
                zone?: string | null;
                online?: boolean | null;
                q?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AssetPage"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_assets: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewAsset"];
            };
        };
        responses: {
            /** @description OK */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AssetOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_assets_by_asset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                asset: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AssetOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_assets_by_asset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                asset: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    patch_assets_by_asset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                asset: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AssetChange"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AssetOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_assets_by_asset_access: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                asset: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AssetAccessList"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_assets_by_asset_preview: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                asset: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AssetChange"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangePreviewOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_assets_by_asset_tags: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string | null;
            };
            header?: never;
            path: {
                asset: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TagPage"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_assets_by_asset_tags_import: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                asset: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TagImport"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TagImportOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_audit: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string | null;
                action?: string | null;
                actor?: string | null;
                target?: string | null;
                since?: string | null;
                until?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditPage"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_audit_export: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/jsonl": unknown;
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_audit_verify: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["broker__audit__routes__VerificationOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_auth_enrol_totp: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EnrolmentBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecretOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_auth_enrol_totp_confirm: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConfirmationBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EnrolledOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_auth_login: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LoginBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LoginOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_auth_logins: {
        parameters: {
            query?: {
                user?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LoginPage"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_auth_logins_by_login: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                login: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_auth_logout: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_auth_passkeys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PasskeyPage"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_auth_passkeys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewPasskeyBody"];
            };
        };
        responses: {
            /** @description OK */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PasskeyOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_auth_passkeys_login: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasskeyLoginBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedInOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_auth_passkeys_login_options: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CeremonyOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_auth_passkeys_registration: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CeremonyOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_auth_passkeys_by_passkey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                passkey: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_auth_password: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasswordBody"];
            };
        };
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_auth_recovery_codes: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OtpBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecoveryCodesOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_auth_refresh: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RefreshBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokensOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_auth_step_up: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OtpBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StepUpOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_auth_step_up_passkey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasskeyProofBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StepUpOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_auth_step_up_passkey_options: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CeremonyOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_auth_whoami: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WhoAmIOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_blocks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BlockList"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_blocks_by_block: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                block: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_changes: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string | null;
                recording?: string | null;
                session?: string | null;
                user?: string | null;
                asset?: string | null;
                site?: string | null;
                since?: string | null;
                until?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangeLogPage"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_changes_export: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string | null;
                recording?: string | null;
                session?: string | null;
                user?: string | null;
                asset?: string | null;
                site?: string | null;
                since?: string | null;
                until?: string | null;
                format?: components["schemas"]["Format"];
                sheet?: components["schemas"]["SheetKind"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": unknown;
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_changes_undo: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string | null;
                recording?: string | null;
                session?: string | null;
                user?: string | null;
                asset?: string | null;
                site?: string | null;
                since?: string | null;
                until?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UndoSheetOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_drills: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DrillList"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_events: {
        parameters: {
            query?: {
                epoch?: string;
                after?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Switching protocols */
            101: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_evidence_keys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeySetOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_extensions_by_extension_approve: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                extension: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExtensionOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_extensions_by_extension_deny: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                extension: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReasonBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExtensionOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_grants: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string | null;
                mine?: boolean;
                active?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GrantPage"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_grants_by_grant: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                grant: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GrantOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_grants_by_grant_revoke: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                grant: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReasonIn"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GrantOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_groups: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GroupPage"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_groups: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewGroupBody"];
            };
        };
        responses: {
            /** @description OK */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GroupOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_groups_by_group: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                group: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    patch_groups_by_group: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                group: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["GroupChangeBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GroupOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    put_groups_by_group_members_by_user: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                group: string;
                user: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_groups_by_group_members_by_user: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                group: string;
                user: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_inventory_export: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/yaml": unknown;
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_inventory_import: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ImportRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_locks: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string | null;
                active?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LockPage"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_locks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LockIn"];
            };
        };
        responses: {
            /** @description OK */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LockOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_locks_by_lock: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                lock: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_openapi_json: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_organizations: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrganizationPage"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_organizations: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewOrganizationBody"];
            };
        };
        responses: {
            /** @description OK */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrganizationOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    patch_organizations_by_organization: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organization: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OrganizationChangeBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrganizationOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_overview: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OverviewOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_policies: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyList"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_policies_apply: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PolicyApplyIn"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyApplyOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_policies_check: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PolicyTextIn"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyCheckOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_policies_explain: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PolicyExplainIn"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyExplainOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_policies_schema: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicySchema"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_policies_test: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PolicyTestIn"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyTestOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_policies_by_name: {
        parameters: {
            query?: {
                version?: number | null;
            };
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_policies_by_name: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_policies_by_name_versions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyList"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_questions: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string | null;
                pending?: boolean;
                session?: string | null;
                site?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QuestionPage"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_questions_by_question: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                question: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QuestionOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_questions_by_question_answer: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                question: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AnswerBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QuestionOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_recordings: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string | null;
                state?: components["schemas"]["RecordingState"] | null;
                session?: string | null;
                user?: string | null;
                asset?: string | null;
                site?: string | null;
                ticket?: string | null;
                since?: string | null;
                until?: string | null;
                writes?: boolean;
                denials?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordingPage"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_recordings_by_recording: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                recording: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordingOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_recordings_by_recording_content: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                recording: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": unknown;
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    head_recordings_by_recording_content: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                recording: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": unknown;
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_recordings_by_recording_export: {
        parameters: {
            query?: {
                format?: "pcapng" | "jsonl";
                leg?: "user" | "asset";
            };
            header?: never;
            path: {
                recording: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": unknown;
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_recordings_by_recording_operations: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string | null;
                only?: components["schemas"]["Only"];
                since_seconds?: number;
                after_ns?: number | null;
                q?: string;
                segment?: number | null;
                segments?: number;
            };
            header?: never;
            path: {
                recording: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OperationsOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_recordings_by_recording_verification: {
        parameters: {
            query?: {
                content?: boolean;
            };
            header?: never;
            path: {
                recording: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["broker__recordings__routes__VerificationOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_requests: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string | null;
                state?: components["schemas"]["RequestState"] | null;
                mine?: boolean;
                waiting?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccessRequestPage"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_requests: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RequestIn"];
            };
        };
        responses: {
            /** @description OK */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccessRequest"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_requests_preview: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RequestIn"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RequestPreview"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_requests_by_request: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                request: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccessRequest"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_requests_by_request_approve: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                request: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApproveIn"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccessRequest"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_requests_by_request_deny: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                request: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReasonIn"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccessRequest"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_requests_by_request_narrow: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                request: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NarrowIn"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccessRequest"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_requests_by_request_review: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                request: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReviewOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_requests_by_request_review: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                request: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReviewIn"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReviewOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_requests_by_request_withdraw: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                request: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccessRequest"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_reviews: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string | null;
                open?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReviewPage"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_sessions: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string | null;
                active?: boolean;
                mine?: boolean;
                vendor?: boolean;
                site?: string | null;
                asset?: string | null;
                user?: string | null;
                grant?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionPage"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_sessions: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OpenBody"];
            };
        };
        responses: {
            /** @description OK */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_sessions_kill_all: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["KillAllBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DrillOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_sessions_by_session: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                session: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_sessions_by_session_end: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                session: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_sessions_by_session_extensions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                session: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExtensionList"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_sessions_by_session_extensions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                session: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ExtensionBody"];
            };
        };
        responses: {
            /** @description OK */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExtensionOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_sessions_by_session_kill: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                session: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReasonBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BlockOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_sessions_by_session_streams: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                session: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Switching protocols */
            101: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_sessions_by_session_warn: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                session: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WarnBody"];
            };
        };
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_sessions_by_session_watch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                session: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Switching protocols */
            101: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_settings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SettingsOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_setup: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SetupBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LoginOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_sites: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SitePage"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_sites: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewSite"];
            };
        };
        responses: {
            /** @description OK */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SiteOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_sites_by_site: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                site: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SiteOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_sites_by_site: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                site: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    patch_sites_by_site: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                site: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SiteChange"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SiteOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_sites_by_site_banner_acceptance: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                site: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AcceptanceIn"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AcceptanceOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_sites_by_site_join_tokens: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                site: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JoinTokenOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_users: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string | null;
                organization?: string | null;
                group?: string | null;
                q?: string | null;
                disabled?: boolean | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserPage"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_users: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewUserBody"];
            };
        };
        responses: {
            /** @description OK */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedUserOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_users_by_user: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                user: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    patch_users_by_user: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                user: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UserChangeBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_users_by_user_disable: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                user: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReasonBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_users_by_user_enable: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                user: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EmptyBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_users_by_user_reset_mfa: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                user: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EmptyBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_users_by_user_reset_password: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                user: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EmptyBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OneTimePasswordOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_welcome: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WelcomeOut"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_healthz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Liveness"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_readyz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
