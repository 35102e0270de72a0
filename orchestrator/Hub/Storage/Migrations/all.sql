CREATE TABLE IF NOT EXISTS "__EFMigrationsHistory" (
    "MigrationId" TEXT NOT NULL CONSTRAINT "PK___EFMigrationsHistory" PRIMARY KEY,
    "ProductVersion" TEXT NOT NULL
);

CREATE TABLE "Deployments" (
    "Name" TEXT NOT NULL CONSTRAINT "PK_Deployments" PRIMARY KEY,
    "Model" TEXT NOT NULL,
    "Version" INTEGER NOT NULL,
    "Revision" INTEGER NOT NULL,
    "Status" TEXT NOT NULL,
    "Message" TEXT NULL,
    "CreatedAt" INTEGER NOT NULL,
    "ProjectId" TEXT NOT NULL,
    "Author" TEXT NOT NULL
);

CREATE TABLE "flow_versions" (
    "DefinitionId" TEXT NOT NULL,
    "Version" INTEGER NOT NULL,
    "Json" TEXT NOT NULL,
    "Digest" TEXT NOT NULL,
    "IsPublished" INTEGER NOT NULL,
    "At" INTEGER NOT NULL,
    "ProjectId" TEXT NOT NULL,
    "Author" TEXT NOT NULL,
    CONSTRAINT "PK_flow_versions" PRIMARY KEY ("DefinitionId", "Version")
);

CREATE TABLE "flows" (
    "DefinitionId" TEXT NOT NULL CONSTRAINT "PK_flows" PRIMARY KEY,
    "Name" TEXT NOT NULL,
    "Description" TEXT NOT NULL,
    "ActivityType" TEXT NOT NULL,
    "LatestVersion" INTEGER NOT NULL,
    "PublishedVersion" INTEGER NULL,
    "Nodes" INTEGER NOT NULL,
    "UpdatedAt" INTEGER NOT NULL,
    "ProjectId" TEXT NOT NULL,
    "Author" TEXT NOT NULL
);

CREATE TABLE "ModelAliases" (
    "ProjectId" TEXT NOT NULL,
    "Name" TEXT NOT NULL,
    "Alias" TEXT NOT NULL,
    "Version" INTEGER NOT NULL,
    "Author" TEXT NOT NULL,
    CONSTRAINT "PK_ModelAliases" PRIMARY KEY ("ProjectId", "Name", "Alias")
);

CREATE TABLE "ModelVersions" (
    "ProjectId" TEXT NOT NULL,
    "Name" TEXT NOT NULL,
    "Version" INTEGER NOT NULL,
    "RunId" TEXT NULL,
    "StepId" TEXT NULL,
    "Description" TEXT NOT NULL,
    "Sha256" TEXT NOT NULL,
    "Artifact" TEXT NOT NULL,
    "Metrics" TEXT NOT NULL,
    "CreatedAt" INTEGER NOT NULL,
    "Author" TEXT NOT NULL,
    CONSTRAINT "PK_ModelVersions" PRIMARY KEY ("ProjectId", "Name", "Version")
);

CREATE TABLE "run_children" (
    "RunId" TEXT NOT NULL,
    "Name" TEXT NOT NULL,
    "Version" INTEGER NOT NULL,
    "DefinitionDigest" TEXT NULL,
    "ProjectId" TEXT NOT NULL,
    "Author" TEXT NOT NULL,
    CONSTRAINT "PK_run_children" PRIMARY KEY ("RunId", "Name", "Version")
);

CREATE TABLE "run_definitions" (
    "Digest" TEXT NOT NULL CONSTRAINT "PK_run_definitions" PRIMARY KEY,
    "Json" TEXT NOT NULL,
    "ProjectId" TEXT NOT NULL,
    "Author" TEXT NOT NULL
);

CREATE TABLE "runs" (
    "Id" TEXT NOT NULL CONSTRAINT "PK_runs" PRIMARY KEY,
    "DefinitionId" TEXT NOT NULL,
    "Name" TEXT NOT NULL,
    "Version" INTEGER NOT NULL,
    "DefinitionDigest" TEXT NOT NULL,
    "Request" TEXT NOT NULL,
    "Status" INTEGER NOT NULL,
    "SubStatus" INTEGER NOT NULL,
    "Trigger" TEXT NOT NULL,
    "TokenHash" TEXT NOT NULL,
    "CreatedAt" INTEGER NOT NULL,
    "FinishedAt" INTEGER NULL,
    "Record" TEXT NULL,
    "ProjectId" TEXT NOT NULL,
    "Author" TEXT NOT NULL
);

CREATE INDEX "IX_flows_ActivityType" ON "flows" ("ActivityType");

CREATE INDEX "IX_ModelVersions_RunId_StepId" ON "ModelVersions" ("RunId", "StepId");

CREATE INDEX "IX_ModelVersions_Sha256" ON "ModelVersions" ("Sha256");

CREATE INDEX "IX_runs_DefinitionId" ON "runs" ("DefinitionId");

CREATE INDEX "IX_runs_Status" ON "runs" ("Status");

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261124194123_First', '10.0.15');

DROP INDEX "IX_runs_Status";

ALTER TABLE "runs" ADD "OwnerId" TEXT NULL;

CREATE TABLE "bookmarks" (
    "Id" TEXT NOT NULL CONSTRAINT "PK_bookmarks" PRIMARY KEY,
    "RunId" TEXT NOT NULL,
    "ActivityId" TEXT NOT NULL,
    "ActivityType" TEXT NOT NULL,
    "StepId" TEXT NULL,
    "Name" TEXT NOT NULL,
    "CorrelationId" TEXT NULL,
    "ProjectId" TEXT NOT NULL,
    "Author" TEXT NOT NULL
);

CREATE TABLE "orchestrators" (
    "Id" TEXT NOT NULL CONSTRAINT "PK_orchestrators" PRIMARY KEY,
    "Url" TEXT NOT NULL,
    "Home" TEXT NOT NULL,
    "Machine" TEXT NOT NULL,
    "Version" TEXT NOT NULL,
    "StartedAt" INTEGER NOT NULL,
    "SeenAt" INTEGER NOT NULL,
    "ProjectId" TEXT NOT NULL,
    "Author" TEXT NOT NULL
);

CREATE TABLE "run_mail" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_run_mail" PRIMARY KEY AUTOINCREMENT,
    "RunId" TEXT NOT NULL,
    "Event" TEXT NOT NULL,
    "ProjectId" TEXT NOT NULL,
    "Author" TEXT NOT NULL
);

CREATE INDEX "IX_runs_Status_OwnerId" ON "runs" ("Status", "OwnerId");

CREATE INDEX "IX_bookmarks_ActivityType_Name" ON "bookmarks" ("ActivityType", "Name");

CREATE INDEX "IX_bookmarks_RunId" ON "bookmarks" ("RunId");

CREATE INDEX "IX_run_mail_RunId" ON "run_mail" ("RunId");

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261124214802_Ownership', '10.0.15');

CREATE TABLE "runners" (
    "Name" TEXT NOT NULL CONSTRAINT "PK_runners" PRIMARY KEY,
    "Session" TEXT NOT NULL,
    "Labels" TEXT NOT NULL,
    "Capacity" INTEGER NOT NULL,
    "HasQueue" INTEGER NOT NULL,
    "Status" INTEGER NOT NULL,
    "Beat" INTEGER NOT NULL,
    "SeenAt" INTEGER NOT NULL,
    "ProjectId" TEXT NOT NULL,
    "Author" TEXT NOT NULL
);

CREATE TABLE "step_jobs" (
    "Id" TEXT NOT NULL CONSTRAINT "PK_step_jobs" PRIMARY KEY,
    "RunId" TEXT NOT NULL,
    "Step" INTEGER NOT NULL,
    "Attempt" INTEGER NOT NULL,
    "DefinitionId" TEXT NOT NULL,
    "ActivityId" TEXT NOT NULL,
    "Activity" TEXT NOT NULL,
    "Inputs" TEXT NOT NULL,
    "Labels" TEXT NOT NULL,
    "Priority" INTEGER NOT NULL,
    "ConcurrencyKey" TEXT NULL,
    "ConcurrencyLimit" INTEGER NOT NULL,
    "State" INTEGER NOT NULL,
    "Runner" TEXT NULL,
    "Session" TEXT NULL,
    "Chunk" TEXT NULL,
    "CreatedAt" INTEGER NOT NULL,
    "PlacedAt" INTEGER NULL,
    "ProjectId" TEXT NOT NULL,
    "Author" TEXT NOT NULL
);

CREATE TABLE "step_secrets" (
    "Id" TEXT NOT NULL CONSTRAINT "PK_step_secrets" PRIMARY KEY,
    "Secret" TEXT NOT NULL,
    "ProjectId" TEXT NOT NULL,
    "Author" TEXT NOT NULL
);

CREATE INDEX "IX_step_jobs_RunId" ON "step_jobs" ("RunId");

CREATE INDEX "IX_step_jobs_State_Runner" ON "step_jobs" ("State", "Runner");

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261124220410_Jobs', '10.0.15');

CREATE TABLE "cached_results" (
    "ProjectId" TEXT NOT NULL,
    "Key" TEXT NOT NULL,
    "ActivityType" TEXT NOT NULL,
    "RunId" TEXT NOT NULL,
    "Result" TEXT NOT NULL,
    "CreatedAt" INTEGER NOT NULL,
    "TakenAt" INTEGER NOT NULL,
    "Author" TEXT NOT NULL,
    CONSTRAINT "PK_cached_results" PRIMARY KEY ("ProjectId", "Key")
);

CREATE INDEX "IX_cached_results_TakenAt" ON "cached_results" ("TakenAt");

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261124220545_CachedResults', '10.0.15');

ALTER TABLE "flows" ADD "TriggersOf" INTEGER NULL;

CREATE TABLE "flow_triggers" (
    "DefinitionId" TEXT NOT NULL,
    "ActivityId" TEXT NOT NULL,
    "Key" TEXT NOT NULL,
    "Version" INTEGER NOT NULL,
    "ActivityType" TEXT NOT NULL,
    "Inputs" TEXT NOT NULL,
    "ProjectId" TEXT NOT NULL,
    "Author" TEXT NOT NULL,
    CONSTRAINT "PK_flow_triggers" PRIMARY KEY ("DefinitionId", "ActivityId", "Key")
);

CREATE INDEX "IX_flow_triggers_ActivityType_Key" ON "flow_triggers" ("ActivityType", "Key");

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261124220707_FlowTriggers', '10.0.15');

CREATE TABLE "approvals" (
    "Id" TEXT NOT NULL CONSTRAINT "PK_approvals" PRIMARY KEY,
    "RunId" TEXT NOT NULL,
    "DefinitionId" TEXT NOT NULL,
    "AskedAt" INTEGER NOT NULL,
    "State" INTEGER NOT NULL,
    "Asked" TEXT NOT NULL,
    "Answer" TEXT NULL,
    "AnsweredBy" TEXT NULL,
    "AnsweredAt" INTEGER NULL,
    "Comment" TEXT NULL,
    "Values" TEXT NULL,
    "ProjectId" TEXT NOT NULL,
    "Author" TEXT NOT NULL
);

CREATE INDEX "IX_approvals_RunId" ON "approvals" ("RunId");

CREATE INDEX "IX_approvals_State_AskedAt" ON "approvals" ("State", "AskedAt");

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261124221928_Approvals', '10.0.15');

CREATE TABLE "flow_files" (
    "DefinitionId" TEXT NOT NULL,
    "Path" TEXT NOT NULL,
    "Sha256" TEXT NOT NULL,
    "Size" INTEGER NOT NULL,
    "At" INTEGER NOT NULL,
    "ProjectId" TEXT NOT NULL,
    "Author" TEXT NOT NULL,
    CONSTRAINT "PK_flow_files" PRIMARY KEY ("DefinitionId", "Path")
);

CREATE INDEX "IX_flow_files_Sha256" ON "flow_files" ("Sha256");

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261124223334_FlowFiles', '10.0.15');

CREATE TABLE "backfill_cells" (
    "BackfillId" TEXT NOT NULL,
    "Number" INTEGER NOT NULL,
    "Partition" INTEGER NOT NULL,
    "Variant" INTEGER NOT NULL,
    "State" INTEGER NOT NULL,
    "RunId" TEXT NULL,
    "IsStarted" INTEGER NOT NULL,
    "ClaimedAt" INTEGER NULL,
    "Tries" INTEGER NOT NULL,
    "ProjectId" TEXT NOT NULL,
    "Author" TEXT NOT NULL,
    CONSTRAINT "PK_backfill_cells" PRIMARY KEY ("BackfillId", "Number")
);

CREATE TABLE "backfills" (
    "Id" TEXT NOT NULL CONSTRAINT "PK_backfills" PRIMARY KEY,
    "DefinitionId" TEXT NOT NULL,
    "Name" TEXT NOT NULL,
    "Request" TEXT NOT NULL,
    "State" INTEGER NOT NULL,
    "CreatedAt" INTEGER NOT NULL,
    "FinishedAt" INTEGER NULL,
    "Problem" TEXT NULL,
    "ProjectId" TEXT NOT NULL,
    "Author" TEXT NOT NULL
);

CREATE TABLE "gathered_starts" (
    "RunId" TEXT NOT NULL CONSTRAINT "PK_gathered_starts" PRIMARY KEY,
    "DefinitionId" TEXT NOT NULL,
    "Window" TEXT NOT NULL,
    "FirstAt" INTEGER NOT NULL,
    "DueAt" INTEGER NOT NULL,
    "Requests" INTEGER NOT NULL,
    "Request" TEXT NOT NULL,
    "All" TEXT NULL,
    "ClaimedAt" INTEGER NULL,
    "ProjectId" TEXT NOT NULL,
    "Author" TEXT NOT NULL
);

CREATE INDEX "IX_backfill_cells_BackfillId_Partition_Variant" ON "backfill_cells" ("BackfillId", "Partition", "Variant");

CREATE INDEX "IX_backfill_cells_BackfillId_State_Number" ON "backfill_cells" ("BackfillId", "State", "Number");

CREATE INDEX "IX_backfill_cells_RunId" ON "backfill_cells" ("RunId");

CREATE INDEX "IX_backfills_State" ON "backfills" ("State");

CREATE INDEX "IX_gathered_starts_DueAt" ON "gathered_starts" ("DueAt");

CREATE INDEX "IX_gathered_starts_ProjectId_DefinitionId_Window" ON "gathered_starts" ("ProjectId", "DefinitionId", "Window");

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261124223547_Backfills', '10.0.15');

ALTER TABLE "runs" ADD "CorrelationId" TEXT NULL;

ALTER TABLE "runs" ADD "ParentRunId" TEXT NULL;

CREATE INDEX "IX_runs_CorrelationId" ON "runs" ("CorrelationId");

CREATE INDEX "IX_runs_ParentRunId" ON "runs" ("ParentRunId");

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261124225800_RunFamilies', '10.0.15');

DROP INDEX "IX_runs_DefinitionId";

CREATE TABLE "run_pins" (
    "RunId" TEXT NOT NULL CONSTRAINT "PK_run_pins" PRIMARY KEY,
    "At" INTEGER NOT NULL,
    "ProjectId" TEXT NOT NULL,
    "Author" TEXT NOT NULL
);

CREATE INDEX "IX_runs_DefinitionId_Id" ON "runs" ("DefinitionId", "Id");

CREATE INDEX "IX_runs_Status_FinishedAt" ON "runs" ("Status", "FinishedAt");

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261124230816_Retention', '10.0.15');

ALTER TABLE "runners" ADD "Home" TEXT NOT NULL DEFAULT '';

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261127135817_RunnerHomes', '10.0.15');

ALTER TABLE "flow_versions" ADD "VersionId" TEXT NOT NULL DEFAULT '';

UPDATE flow_versions SET "VersionId" = coalesce(json_extract("Json", '$.id'), '');

CREATE INDEX "IX_flow_versions_VersionId" ON "flow_versions" ("VersionId");

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261127140129_FlowVersionIds', '10.0.15');

ALTER TABLE "step_jobs" ADD "Losses" INTEGER NOT NULL DEFAULT 0;

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261127140157_Losses', '10.0.15');

CREATE TABLE "trigger_fires" (
    "DefinitionId" TEXT NOT NULL,
    "ActivityId" TEXT NOT NULL,
    "Key" TEXT NOT NULL,
    "RunId" TEXT NOT NULL,
    "At" INTEGER NOT NULL,
    "FiredAt" INTEGER NOT NULL,
    "State" INTEGER NOT NULL,
    "Request" TEXT NOT NULL,
    "Kind" TEXT NOT NULL,
    "Depth" INTEGER NOT NULL,
    "Error" TEXT NULL,
    "ProjectId" TEXT NOT NULL,
    "Author" TEXT NOT NULL,
    CONSTRAINT "PK_trigger_fires" PRIMARY KEY ("DefinitionId", "ActivityId", "Key")
);

CREATE TABLE "trigger_states" (
    "DefinitionId" TEXT NOT NULL,
    "ActivityId" TEXT NOT NULL,
    "ActivityType" TEXT NOT NULL,
    "Version" INTEGER NOT NULL,
    "IsOn" INTEGER NOT NULL,
    "Settings" TEXT NOT NULL,
    "Since" INTEGER NOT NULL,
    "Revision" INTEGER NOT NULL,
    "NextAt" INTEGER NULL,
    "Cursor" TEXT NULL,
    "WatcherId" TEXT NULL,
    "LastFiredAt" INTEGER NULL,
    "LastAt" INTEGER NULL,
    "LastRunId" TEXT NULL,
    "Fires" INTEGER NOT NULL,
    "Error" TEXT NULL,
    "ErrorAt" INTEGER NULL,
    "ProjectId" TEXT NOT NULL,
    "Author" TEXT NOT NULL,
    CONSTRAINT "PK_trigger_states" PRIMARY KEY ("DefinitionId", "ActivityId")
);

CREATE TABLE "webhooks" (
    "DefinitionId" TEXT NOT NULL,
    "ActivityId" TEXT NOT NULL,
    "TokenHash" TEXT NOT NULL,
    "CreatedAt" INTEGER NOT NULL,
    "ProjectId" TEXT NOT NULL,
    "Author" TEXT NOT NULL,
    CONSTRAINT "PK_webhooks" PRIMARY KEY ("DefinitionId", "ActivityId")
);

CREATE INDEX "IX_trigger_fires_DefinitionId_ActivityId_State_At" ON "trigger_fires" ("DefinitionId", "ActivityId", "State", "At");

CREATE INDEX "IX_trigger_fires_RunId" ON "trigger_fires" ("RunId");

CREATE INDEX "IX_trigger_fires_State_FiredAt" ON "trigger_fires" ("State", "FiredAt");

CREATE INDEX "IX_trigger_states_IsOn_NextAt" ON "trigger_states" ("IsOn", "NextAt");

CREATE UNIQUE INDEX "IX_webhooks_TokenHash" ON "webhooks" ("TokenHash");

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261127182718_Triggers', '10.0.15');

CREATE TABLE "audit" (
    "Seq" INTEGER NOT NULL CONSTRAINT "PK_audit" PRIMARY KEY,
    "At" INTEGER NOT NULL,
    "Action" TEXT NOT NULL,
    "Kind" TEXT NOT NULL,
    "Thing" TEXT NOT NULL,
    "Address" TEXT NOT NULL,
    "Status" INTEGER NOT NULL,
    "Details" TEXT NOT NULL,
    "Previous" TEXT NOT NULL,
    "Hash" TEXT NOT NULL,
    "Seal" TEXT NOT NULL,
    "ProjectId" TEXT NOT NULL,
    "Author" TEXT NOT NULL
);

CREATE TABLE "audit_stubs" (
    "Seq" INTEGER NOT NULL CONSTRAINT "PK_audit_stubs" PRIMARY KEY,
    "Hash" TEXT NOT NULL,
    "At" INTEGER NOT NULL,
    "Seal" TEXT NOT NULL,
    "ProjectId" TEXT NOT NULL,
    "Author" TEXT NOT NULL
);

CREATE TABLE "data_protection_keys" (
    "Id" TEXT NOT NULL CONSTRAINT "PK_data_protection_keys" PRIMARY KEY,
    "Xml" TEXT NOT NULL,
    "ProjectId" TEXT NOT NULL,
    "Author" TEXT NOT NULL
);

CREATE TABLE "secrets" (
    "ProjectId" TEXT NOT NULL,
    "Name" TEXT NOT NULL,
    "Sealed" TEXT NOT NULL,
    "CreatedAt" INTEGER NOT NULL,
    "ChangedAt" INTEGER NOT NULL,
    "UsedAt" INTEGER NULL,
    "Author" TEXT NOT NULL,
    CONSTRAINT "PK_secrets" PRIMARY KEY ("ProjectId", "Name")
);

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261127183004_SecretsAndAudit', '10.0.15');

CREATE TABLE "artifact_records" (
    "ProjectId" TEXT NOT NULL,
    "Sha256" TEXT NOT NULL,
    "Author" TEXT NOT NULL,
    CONSTRAINT "PK_artifact_records" PRIMARY KEY ("Sha256", "ProjectId")
);

CREATE TABLE "members" (
    "ProjectId" TEXT NOT NULL,
    "Kind" INTEGER NOT NULL,
    "Member" TEXT NOT NULL,
    "Role" INTEGER NOT NULL,
    "Author" TEXT NOT NULL,
    CONSTRAINT "PK_members" PRIMARY KEY ("ProjectId", "Kind", "Member")
);

CREATE TABLE "people" (
    "Id" TEXT NOT NULL CONSTRAINT "PK_people" PRIMARY KEY,
    "Name" TEXT NOT NULL,
    "NormalizedName" TEXT NOT NULL,
    "IsAdministrator" INTEGER NOT NULL,
    "PasswordHash" TEXT NULL,
    "SecurityStamp" TEXT NOT NULL,
    "FailedSignIns" INTEGER NOT NULL,
    "LockedUntil" INTEGER NULL,
    "AuthenticatorKey" TEXT NULL,
    "UsesAuthenticator" INTEGER NOT NULL,
    "Subject" TEXT NULL,
    "Groups" TEXT NOT NULL,
    "CreatedAt" INTEGER NOT NULL,
    "ClosedAt" INTEGER NULL,
    "ProjectId" TEXT NOT NULL,
    "Author" TEXT NOT NULL
);

CREATE TABLE "projects" (
    "Id" TEXT NOT NULL CONSTRAINT "PK_projects" PRIMARY KEY,
    "Name" TEXT NOT NULL,
    "ProjectId" TEXT NOT NULL,
    "Author" TEXT NOT NULL
);

CREATE TABLE "tokens" (
    "Id" TEXT NOT NULL CONSTRAINT "PK_tokens" PRIMARY KEY,
    "Name" TEXT NOT NULL,
    "Digest" TEXT NOT NULL,
    "PersonId" TEXT NULL,
    "Role" INTEGER NOT NULL,
    "CreatedAt" INTEGER NOT NULL,
    "ExpiresAt" INTEGER NOT NULL,
    "UsedAt" INTEGER NULL,
    "ProjectId" TEXT NOT NULL,
    "Author" TEXT NOT NULL
);

INSERT INTO "projects" ("Id", "Author", "Name", "ProjectId")
VALUES ('default', 'local', 'Default', 'default');
SELECT changes();


CREATE INDEX "IX_members_Kind_Member" ON "members" ("Kind", "Member");

CREATE UNIQUE INDEX "IX_people_NormalizedName" ON "people" ("NormalizedName");

CREATE UNIQUE INDEX "IX_people_Subject" ON "people" ("Subject");

CREATE UNIQUE INDEX "IX_tokens_Digest" ON "tokens" ("Digest");

CREATE INDEX "IX_tokens_PersonId" ON "tokens" ("PersonId");

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261127183558_Access', '10.0.15');

CREATE TABLE "data_set_versions" (
    "ProjectId" TEXT NOT NULL,
    "Name" TEXT NOT NULL,
    "Version" INTEGER NOT NULL,
    "RunId" TEXT NULL,
    "StepId" TEXT NULL,
    "Description" TEXT NOT NULL,
    "Sha256" TEXT NOT NULL,
    "Artifact" TEXT NOT NULL,
    "CreatedAt" INTEGER NOT NULL,
    "Author" TEXT NOT NULL,
    CONSTRAINT "PK_data_set_versions" PRIMARY KEY ("ProjectId", "Name", "Version")
);

CREATE INDEX "IX_data_set_versions_RunId_StepId" ON "data_set_versions" ("RunId", "StepId");

CREATE INDEX "IX_data_set_versions_Sha256" ON "data_set_versions" ("Sha256");

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261127213457_AddDataSets', '10.0.15');

ALTER TABLE "people" ADD "CodeStep" INTEGER NOT NULL DEFAULT 0;

ALTER TABLE "people" ADD "LockedAt" INTEGER NULL;

ALTER TABLE "people" ADD "SignedInAt" INTEGER NULL;

CREATE TABLE "recovery_codes" (
    "PersonId" TEXT NOT NULL,
    "Digest" TEXT NOT NULL,
    "ProjectId" TEXT NOT NULL,
    "Author" TEXT NOT NULL,
    CONSTRAINT "PK_recovery_codes" PRIMARY KEY ("PersonId", "Digest")
);

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261127213538_SignInsAndRecoveryCodes', '10.0.15');

CREATE TABLE "attempt_artifacts" (
    "Sha256" TEXT NOT NULL,
    "RunId" TEXT NOT NULL,
    "StepId" TEXT NOT NULL,
    "Attempt" INTEGER NOT NULL,
    "Use" INTEGER NOT NULL,
    "Name" TEXT NOT NULL,
    "ProjectId" TEXT NOT NULL,
    "Author" TEXT NOT NULL,
    CONSTRAINT "PK_attempt_artifacts" PRIMARY KEY ("Sha256", "RunId", "StepId", "Attempt", "Use", "Name")
);

CREATE TABLE "attempt_records" (
    "RunId" TEXT NOT NULL,
    "StepId" TEXT NOT NULL,
    "Attempt" INTEGER NOT NULL,
    "ActivityId" TEXT NOT NULL,
    "Record" TEXT NOT NULL,
    "At" INTEGER NOT NULL,
    "ProjectId" TEXT NOT NULL,
    "Author" TEXT NOT NULL,
    CONSTRAINT "PK_attempt_records" PRIMARY KEY ("RunId", "StepId", "Attempt")
);

CREATE TABLE "run_verdicts" (
    "RunId" TEXT NOT NULL,
    "ReproductionId" TEXT NOT NULL,
    "Verdict" TEXT NOT NULL,
    "At" INTEGER NOT NULL,
    "ProjectId" TEXT NOT NULL,
    "Author" TEXT NOT NULL,
    CONSTRAINT "PK_run_verdicts" PRIMARY KEY ("RunId", "ReproductionId")
);

CREATE INDEX "IX_attempt_artifacts_RunId" ON "attempt_artifacts" ("RunId");

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261128013218_AttemptRecords', '10.0.15');

CREATE TABLE "data_set_aliases" (
    "ProjectId" TEXT NOT NULL,
    "Name" TEXT NOT NULL,
    "Alias" TEXT NOT NULL,
    "Version" INTEGER NOT NULL,
    "Author" TEXT NOT NULL,
    CONSTRAINT "PK_data_set_aliases" PRIMARY KEY ("ProjectId", "Name", "Alias")
);

CREATE TABLE "data_set_retention" (
    "ProjectId" TEXT NOT NULL,
    "Name" TEXT NOT NULL,
    "KeepVersions" INTEGER NOT NULL,
    "KeepDays" INTEGER NOT NULL,
    "Author" TEXT NOT NULL,
    CONSTRAINT "PK_data_set_retention" PRIMARY KEY ("ProjectId", "Name")
);

CREATE TABLE "deployment_periods" (
    "ProjectId" TEXT NOT NULL,
    "Name" TEXT NOT NULL,
    "From" INTEGER NOT NULL,
    "Until" INTEGER NULL,
    "Model" TEXT NOT NULL,
    "Version" INTEGER NOT NULL,
    "RunId" TEXT NULL,
    "Author" TEXT NOT NULL,
    CONSTRAINT "PK_deployment_periods" PRIMARY KEY ("ProjectId", "Name", "From")
);

CREATE TABLE "lineage_events" (
    "Seq" INTEGER NOT NULL CONSTRAINT "PK_lineage_events" PRIMARY KEY AUTOINCREMENT,
    "Digest" TEXT NOT NULL,
    "Type" TEXT NOT NULL,
    "RunId" TEXT NOT NULL,
    "Job" TEXT NOT NULL,
    "At" INTEGER NOT NULL,
    "ReceivedAt" INTEGER NOT NULL,
    "Json" TEXT NOT NULL,
    "ProjectId" TEXT NOT NULL,
    "Author" TEXT NOT NULL
);

CREATE TABLE "lineage_outbox" (
    "RunId" TEXT NOT NULL CONSTRAINT "PK_lineage_outbox" PRIMARY KEY,
    "Attempts" INTEGER NOT NULL,
    "DueAt" INTEGER NOT NULL,
    "Problem" TEXT NULL,
    "ProjectId" TEXT NOT NULL,
    "Author" TEXT NOT NULL
);

CREATE TABLE "predictions" (
    "Seq" INTEGER NOT NULL CONSTRAINT "PK_predictions" PRIMARY KEY AUTOINCREMENT,
    "Id" TEXT NULL,
    "Deployment" TEXT NOT NULL,
    "Model" TEXT NOT NULL,
    "Version" INTEGER NOT NULL,
    "Route" TEXT NOT NULL,
    "Status" INTEGER NOT NULL,
    "At" INTEGER NOT NULL,
    "Milliseconds" REAL NOT NULL,
    "ProjectId" TEXT NOT NULL,
    "Author" TEXT NOT NULL
);

CREATE TABLE "quarantines" (
    "ProjectId" TEXT NOT NULL,
    "Kind" TEXT NOT NULL,
    "ThingId" TEXT NOT NULL,
    "Cause" TEXT NOT NULL,
    "Reason" TEXT NOT NULL,
    "At" INTEGER NOT NULL,
    "Author" TEXT NOT NULL,
    CONSTRAINT "PK_quarantines" PRIMARY KEY ("ProjectId", "Kind", "ThingId", "Cause")
);

CREATE TABLE "signing_keys" (
    "Use" TEXT NOT NULL CONSTRAINT "PK_signing_keys" PRIMARY KEY,
    "KeyId" TEXT NOT NULL,
    "Public" TEXT NOT NULL,
    "Sealed" TEXT NOT NULL,
    "CreatedAt" INTEGER NOT NULL,
    "ProjectId" TEXT NOT NULL,
    "Author" TEXT NOT NULL
);

CREATE INDEX "IX_deployment_periods_Model_Version" ON "deployment_periods" ("Model", "Version");

CREATE INDEX "IX_lineage_events_Job" ON "lineage_events" ("Job");

CREATE UNIQUE INDEX "IX_lineage_events_ProjectId_Digest" ON "lineage_events" ("ProjectId", "Digest");

CREATE INDEX "IX_lineage_outbox_DueAt" ON "lineage_outbox" ("DueAt");

CREATE INDEX "IX_predictions_At" ON "predictions" ("At");

CREATE INDEX "IX_predictions_Deployment_At" ON "predictions" ("Deployment", "At");

CREATE INDEX "IX_predictions_Id" ON "predictions" ("Id");

CREATE INDEX "IX_quarantines_Cause" ON "quarantines" ("Cause");

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261128020743_Provenance', '10.0.15');

ALTER TABLE "flows" ADD "LibraryId" TEXT NULL;

ALTER TABLE "flows" ADD "LibraryVersion" INTEGER NULL;

CREATE TABLE "library_flows" (
    "Id" TEXT NOT NULL CONSTRAINT "PK_library_flows" PRIMARY KEY,
    "SourceId" TEXT NOT NULL,
    "Name" TEXT NOT NULL,
    "Description" TEXT NOT NULL,
    "Tags" TEXT NOT NULL,
    "IsComponent" INTEGER NOT NULL,
    "Category" TEXT NOT NULL,
    "LatestVersion" INTEGER NOT NULL,
    "UpdatedAt" INTEGER NOT NULL,
    "ProjectId" TEXT NOT NULL,
    "Author" TEXT NOT NULL
);

CREATE TABLE "library_versions" (
    "Id" TEXT NOT NULL,
    "Version" INTEGER NOT NULL,
    "Notes" TEXT NOT NULL,
    "Json" TEXT NOT NULL,
    "Files" TEXT NOT NULL,
    "Nodes" INTEGER NOT NULL,
    "At" INTEGER NOT NULL,
    "ProjectId" TEXT NOT NULL,
    "Author" TEXT NOT NULL,
    CONSTRAINT "PK_library_versions" PRIMARY KEY ("Id", "Version")
);

CREATE INDEX "IX_flows_LibraryId" ON "flows" ("LibraryId");

CREATE UNIQUE INDEX "IX_library_flows_SourceId" ON "library_flows" ("SourceId");

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261128055229_FlowLibrary', '10.0.15');

ALTER TABLE "Deployments" ADD "Environment" TEXT NOT NULL DEFAULT 'production';

CREATE TABLE "environments" (
    "Name" TEXT NOT NULL,
    "ProjectId" TEXT NOT NULL,
    "Role" INTEGER NOT NULL,
    "People" TEXT NOT NULL,
    "Author" TEXT NOT NULL,
    CONSTRAINT "PK_environments" PRIMARY KEY ("ProjectId", "Name")
);

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261128061000_Environments', '10.0.15');

ALTER TABLE "lineage_outbox" ADD "IsBegun" INTEGER NOT NULL DEFAULT 0;

CREATE TABLE "lineage_uses" (
    "ProjectId" TEXT NOT NULL,
    "Data" TEXT NOT NULL,
    "Run" TEXT NOT NULL,
    "IsOutput" INTEGER NOT NULL,
    "Version" TEXT NULL,
    "At" INTEGER NOT NULL,
    "Author" TEXT NOT NULL,
    CONSTRAINT "PK_lineage_uses" PRIMARY KEY ("ProjectId", "Data", "Run", "IsOutput")
);

CREATE INDEX "IX_lineage_events_RunId" ON "lineage_events" ("RunId");

CREATE INDEX "IX_lineage_uses_Run" ON "lineage_uses" ("Run");

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261128063000_OutsideLineage', '10.0.15');

