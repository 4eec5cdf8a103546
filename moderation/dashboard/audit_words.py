"""What the audit log's actions and actors are called."""

from moderation.audit_entry import ActorKind, AuditAction
from moderation.dashboard.language import N_

ACTIONS = {
    AuditAction.SITE_MADE: N_("Site made"),
    AuditAction.COMMENT_DECIDED: N_("Comment decided"),
    AuditAction.COMMENT_EDITED: N_("Comment edited"),
    AuditAction.COMMENT_ERASED: N_("Comment erased"),
    AuditAction.CLUSTER_DECIDED: N_("Near copies decided"),
    AuditAction.DECISIONS_UNDONE: N_("Decisions undone"),
    AuditAction.AUTHOR_ERASED: N_("Author erased"),
    AuditAction.AUTHOR_RESTRICTED: N_("Author restricted"),
    AuditAction.AUTHOR_FREED: N_("Restriction lifted"),
    AuditAction.APPEAL_OPENED: N_("Appeal opened"),
    AuditAction.APPEAL_DECIDED: N_("Appeal decided"),
    AuditAction.RETENTION_APPLIED: N_("Forgotten as the policy says"),
    AuditAction.POLICY_CHANGED: N_("Policy changed"),
    AuditAction.KEY_MADE: N_("Key made"),
    AuditAction.KEY_REVOKED: N_("Key revoked"),
    AuditAction.KEY_ROTATED: N_("Key replaced"),
    AuditAction.MODERATOR_MADE: N_("Moderator added"),
    AuditAction.MODERATOR_CHANGED: N_("Role changed"),
    AuditAction.MODERATOR_REMOVED: N_("Moderator removed"),
    AuditAction.IDENTITY_LINKED: N_("Signed in through the provider for the first time"),
    AuditAction.TOTP_ON: N_("Two-factor sign-in switched on"),
    AuditAction.TOTP_OFF: N_("Two-factor sign-in switched off"),
    AuditAction.RECOVERY_USED: N_("Recovery code used"),
    AuditAction.PASSWORD_CHANGED: N_("Password changed"),
    AuditAction.SESSIONS_ENDED: N_("Sessions ended"),
    AuditAction.ENDPOINT_MADE: N_("Endpoint made"),
    AuditAction.ENDPOINT_CHANGED: N_("Endpoint changed"),
    AuditAction.ENDPOINT_ROTATED: N_("Endpoint given a new secret"),
    AuditAction.ENDPOINT_DISABLED: N_("Endpoint disabled"),
    AuditAction.ENDPOINT_REMOVED: N_("Endpoint removed"),
    AuditAction.CORAL_SECRET_MADE: N_("Coral secret made"),
    AuditAction.CORAL_SECRET_REMOVED: N_("Coral secret removed"),
    AuditAction.LEARNING_ROLLED_BACK: N_("Learning rolled back"),
    AuditAction.SESSION_OPENED: N_("Signed in"),
    AuditAction.SESSION_REFUSED: N_("Sign-in refused"),
}
KINDS = {
    ActorKind.MODERATOR: N_("any moderator"),
    ActorKind.API_KEY: N_("any API key"),
    ActorKind.CLI: N_("the command line"),
    ActorKind.SERVICE: N_("the service"),
    ActorKind.NOBODY: N_("somebody unknown"),
}
