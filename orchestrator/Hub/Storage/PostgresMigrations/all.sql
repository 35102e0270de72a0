CREATE TABLE IF NOT EXISTS "__EFMigrationsHistory" (
    "MigrationId" character varying(150) NOT NULL,
    "ProductVersion" character varying(32) NOT NULL,
    CONSTRAINT "PK___EFMigrationsHistory" PRIMARY KEY ("MigrationId")
);

CREATE TABLE "Deployments" (
    "Name" text COLLATE "C" NOT NULL,
    "Model" text COLLATE "C" NOT NULL,
    "Version" integer NOT NULL,
    "Revision" integer NOT NULL,
    "Status" text NOT NULL,
    "Message" text COLLATE "C",
    "CreatedAt" bigint NOT NULL,
    "ProjectId" text COLLATE "C" NOT NULL,
    "Author" text COLLATE "C" NOT NULL,
    CONSTRAINT "PK_Deployments" PRIMARY KEY ("Name")
);

CREATE TABLE flow_versions (
    "DefinitionId" text COLLATE "C" NOT NULL,
    "Version" integer NOT NULL,
    "Json" text COLLATE "C" NOT NULL,
    "Digest" text COLLATE "C" NOT NULL,
    "IsPublished" boolean NOT NULL,
    "At" bigint NOT NULL,
    "ProjectId" text COLLATE "C" NOT NULL,
    "Author" text COLLATE "C" NOT NULL,
    CONSTRAINT "PK_flow_versions" PRIMARY KEY ("DefinitionId", "Version")
);

CREATE TABLE flows (
    "DefinitionId" text COLLATE "C" NOT NULL,
    "Name" text COLLATE "C" NOT NULL,
    "Description" text COLLATE "C" NOT NULL,
    "ActivityType" text COLLATE "C" NOT NULL,
    "LatestVersion" integer NOT NULL,
    "PublishedVersion" integer,
    "Nodes" integer NOT NULL,
    "UpdatedAt" bigint NOT NULL,
    "ProjectId" text COLLATE "C" NOT NULL,
    "Author" text COLLATE "C" NOT NULL,
    CONSTRAINT "PK_flows" PRIMARY KEY ("DefinitionId")
);

CREATE TABLE "ModelAliases" (
    "ProjectId" text COLLATE "C" NOT NULL,
    "Name" text COLLATE "C" NOT NULL,
    "Alias" text COLLATE "C" NOT NULL,
    "Version" integer NOT NULL,
    "Author" text COLLATE "C" NOT NULL,
    CONSTRAINT "PK_ModelAliases" PRIMARY KEY ("ProjectId", "Name", "Alias")
);

CREATE TABLE "ModelVersions" (
    "ProjectId" text COLLATE "C" NOT NULL,
    "Name" text COLLATE "C" NOT NULL,
    "Version" integer NOT NULL,
    "RunId" text COLLATE "C",
    "StepId" text COLLATE "C",
    "Description" text COLLATE "C" NOT NULL,
    "Sha256" text COLLATE "C" NOT NULL,
    "Artifact" text COLLATE "C" NOT NULL,
    "Metrics" text COLLATE "C" NOT NULL,
    "CreatedAt" bigint NOT NULL,
    "Author" text COLLATE "C" NOT NULL,
    CONSTRAINT "PK_ModelVersions" PRIMARY KEY ("ProjectId", "Name", "Version")
);

CREATE TABLE run_children (
    "RunId" text COLLATE "C" NOT NULL,
    "Name" text COLLATE "C" NOT NULL,
    "Version" integer NOT NULL,
    "DefinitionDigest" text COLLATE "C",
    "ProjectId" text COLLATE "C" NOT NULL,
    "Author" text COLLATE "C" NOT NULL,
    CONSTRAINT "PK_run_children" PRIMARY KEY ("RunId", "Name", "Version")
);

CREATE TABLE run_definitions (
    "Digest" text COLLATE "C" NOT NULL,
    "Json" text COLLATE "C" NOT NULL,
    "ProjectId" text COLLATE "C" NOT NULL,
    "Author" text COLLATE "C" NOT NULL,
    CONSTRAINT "PK_run_definitions" PRIMARY KEY ("Digest")
);

CREATE TABLE runs (
    "Id" text COLLATE "C" NOT NULL,
    "DefinitionId" text COLLATE "C" NOT NULL,
    "Name" text COLLATE "C" NOT NULL,
    "Version" integer NOT NULL,
    "DefinitionDigest" text COLLATE "C" NOT NULL,
    "Request" text COLLATE "C" NOT NULL,
    "Status" integer NOT NULL,
    "SubStatus" integer NOT NULL,
    "Trigger" text COLLATE "C" NOT NULL,
    "TokenHash" text COLLATE "C" NOT NULL,
    "CreatedAt" bigint NOT NULL,
    "FinishedAt" bigint,
    "Record" text COLLATE "C",
    "ProjectId" text COLLATE "C" NOT NULL,
    "Author" text COLLATE "C" NOT NULL,
    CONSTRAINT "PK_runs" PRIMARY KEY ("Id")
);

CREATE INDEX "IX_flows_ActivityType" ON flows ("ActivityType");

CREATE INDEX "IX_ModelVersions_RunId_StepId" ON "ModelVersions" ("RunId", "StepId");

CREATE INDEX "IX_ModelVersions_Sha256" ON "ModelVersions" ("Sha256");

CREATE INDEX "IX_runs_DefinitionId" ON runs ("DefinitionId");

CREATE INDEX "IX_runs_Status" ON runs ("Status");

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261124195737_First', '10.0.15');

DROP INDEX "IX_runs_Status";

ALTER TABLE runs ADD "OwnerId" text COLLATE "C";

CREATE TABLE bookmarks (
    "Id" text COLLATE "C" NOT NULL,
    "RunId" text COLLATE "C" NOT NULL,
    "ActivityId" text COLLATE "C" NOT NULL,
    "ActivityType" text COLLATE "C" NOT NULL,
    "StepId" text COLLATE "C",
    "Name" text COLLATE "C" NOT NULL,
    "CorrelationId" text COLLATE "C",
    "ProjectId" text COLLATE "C" NOT NULL,
    "Author" text COLLATE "C" NOT NULL,
    CONSTRAINT "PK_bookmarks" PRIMARY KEY ("Id")
);

CREATE TABLE orchestrators (
    "Id" text COLLATE "C" NOT NULL,
    "Url" text COLLATE "C" NOT NULL,
    "Home" text COLLATE "C" NOT NULL,
    "Machine" text COLLATE "C" NOT NULL,
    "Version" text COLLATE "C" NOT NULL,
    "StartedAt" bigint NOT NULL,
    "SeenAt" bigint NOT NULL,
    "ProjectId" text COLLATE "C" NOT NULL,
    "Author" text COLLATE "C" NOT NULL,
    CONSTRAINT "PK_orchestrators" PRIMARY KEY ("Id")
);

CREATE TABLE run_mail (
    "Id" bigint GENERATED BY DEFAULT AS IDENTITY,
    "RunId" text COLLATE "C" NOT NULL,
    "Event" text COLLATE "C" NOT NULL,
    "ProjectId" text COLLATE "C" NOT NULL,
    "Author" text COLLATE "C" NOT NULL,
    CONSTRAINT "PK_run_mail" PRIMARY KEY ("Id")
);

CREATE INDEX "IX_runs_Status_OwnerId" ON runs ("Status", "OwnerId");

CREATE INDEX "IX_bookmarks_ActivityType_Name" ON bookmarks ("ActivityType", "Name");

CREATE INDEX "IX_bookmarks_RunId" ON bookmarks ("RunId");

CREATE INDEX "IX_run_mail_RunId" ON run_mail ("RunId");

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261124214812_Ownership', '10.0.15');

CREATE TABLE runners (
    "Name" text COLLATE "C" NOT NULL,
    "Session" text COLLATE "C" NOT NULL,
    "Labels" text COLLATE "C" NOT NULL,
    "Capacity" integer NOT NULL,
    "HasQueue" boolean NOT NULL,
    "Status" integer NOT NULL,
    "Beat" bigint NOT NULL,
    "SeenAt" bigint NOT NULL,
    "ProjectId" text COLLATE "C" NOT NULL,
    "Author" text COLLATE "C" NOT NULL,
    CONSTRAINT "PK_runners" PRIMARY KEY ("Name")
);

CREATE TABLE step_jobs (
    "Id" text COLLATE "C" NOT NULL,
    "RunId" text COLLATE "C" NOT NULL,
    "Step" integer NOT NULL,
    "Attempt" integer NOT NULL,
    "DefinitionId" text COLLATE "C" NOT NULL,
    "ActivityId" text COLLATE "C" NOT NULL,
    "Activity" text COLLATE "C" NOT NULL,
    "Inputs" text COLLATE "C" NOT NULL,
    "Labels" text COLLATE "C" NOT NULL,
    "Priority" integer NOT NULL,
    "ConcurrencyKey" text COLLATE "C",
    "ConcurrencyLimit" integer NOT NULL,
    "State" integer NOT NULL,
    "Runner" text COLLATE "C",
    "Session" text COLLATE "C",
    "Chunk" text COLLATE "C",
    "CreatedAt" bigint NOT NULL,
    "PlacedAt" bigint,
    "ProjectId" text COLLATE "C" NOT NULL,
    "Author" text COLLATE "C" NOT NULL,
    CONSTRAINT "PK_step_jobs" PRIMARY KEY ("Id")
);

CREATE TABLE step_secrets (
    "Id" text COLLATE "C" NOT NULL,
    "Secret" text COLLATE "C" NOT NULL,
    "ProjectId" text COLLATE "C" NOT NULL,
    "Author" text COLLATE "C" NOT NULL,
    CONSTRAINT "PK_step_secrets" PRIMARY KEY ("Id")
);

CREATE INDEX "IX_step_jobs_RunId" ON step_jobs ("RunId");

CREATE INDEX "IX_step_jobs_State_Runner" ON step_jobs ("State", "Runner");

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261124220421_Jobs', '10.0.15');

CREATE TABLE cached_results (
    "ProjectId" text COLLATE "C" NOT NULL,
    "Key" text COLLATE "C" NOT NULL,
    "ActivityType" text COLLATE "C" NOT NULL,
    "RunId" text COLLATE "C" NOT NULL,
    "Result" text COLLATE "C" NOT NULL,
    "CreatedAt" bigint NOT NULL,
    "TakenAt" bigint NOT NULL,
    "Author" text COLLATE "C" NOT NULL,
    CONSTRAINT "PK_cached_results" PRIMARY KEY ("ProjectId", "Key")
);

CREATE INDEX "IX_cached_results_TakenAt" ON cached_results ("TakenAt");

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261124220614_CachedResults', '10.0.15');

ALTER TABLE flows ADD "TriggersOf" integer;

CREATE TABLE flow_triggers (
    "DefinitionId" text COLLATE "C" NOT NULL,
    "ActivityId" text COLLATE "C" NOT NULL,
    "Key" text COLLATE "C" NOT NULL,
    "Version" integer NOT NULL,
    "ActivityType" text COLLATE "C" NOT NULL,
    "Inputs" text COLLATE "C" NOT NULL,
    "ProjectId" text COLLATE "C" NOT NULL,
    "Author" text COLLATE "C" NOT NULL,
    CONSTRAINT "PK_flow_triggers" PRIMARY KEY ("DefinitionId", "ActivityId", "Key")
);

CREATE INDEX "IX_flow_triggers_ActivityType_Key" ON flow_triggers ("ActivityType", "Key");

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261124220736_FlowTriggers', '10.0.15');

CREATE TABLE approvals (
    "Id" text COLLATE "C" NOT NULL,
    "RunId" text COLLATE "C" NOT NULL,
    "DefinitionId" text COLLATE "C" NOT NULL,
    "AskedAt" bigint NOT NULL,
    "State" integer NOT NULL,
    "Asked" text COLLATE "C" NOT NULL,
    "Answer" text COLLATE "C",
    "AnsweredBy" text COLLATE "C",
    "AnsweredAt" bigint,
    "Comment" text COLLATE "C",
    "Values" text COLLATE "C",
    "ProjectId" text COLLATE "C" NOT NULL,
    "Author" text COLLATE "C" NOT NULL,
    CONSTRAINT "PK_approvals" PRIMARY KEY ("Id")
);

CREATE INDEX "IX_approvals_RunId" ON approvals ("RunId");

CREATE INDEX "IX_approvals_State_AskedAt" ON approvals ("State", "AskedAt");

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261124221937_Approvals', '10.0.15');

CREATE TABLE flow_files (
    "DefinitionId" text COLLATE "C" NOT NULL,
    "Path" text COLLATE "C" NOT NULL,
    "Sha256" text COLLATE "C" NOT NULL,
    "Size" bigint NOT NULL,
    "At" bigint NOT NULL,
    "ProjectId" text COLLATE "C" NOT NULL,
    "Author" text COLLATE "C" NOT NULL,
    CONSTRAINT "PK_flow_files" PRIMARY KEY ("DefinitionId", "Path")
);

CREATE INDEX "IX_flow_files_Sha256" ON flow_files ("Sha256");

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261124223548_FlowFiles', '10.0.15');

CREATE TABLE backfill_cells (
    "BackfillId" text COLLATE "C" NOT NULL,
    "Number" integer NOT NULL,
    "Partition" integer NOT NULL,
    "Variant" integer NOT NULL,
    "State" integer NOT NULL,
    "RunId" text COLLATE "C",
    "IsStarted" boolean NOT NULL,
    "ClaimedAt" bigint,
    "Tries" integer NOT NULL,
    "ProjectId" text COLLATE "C" NOT NULL,
    "Author" text COLLATE "C" NOT NULL,
    CONSTRAINT "PK_backfill_cells" PRIMARY KEY ("BackfillId", "Number")
);

CREATE TABLE backfills (
    "Id" text COLLATE "C" NOT NULL,
    "DefinitionId" text COLLATE "C" NOT NULL,
    "Name" text COLLATE "C" NOT NULL,
    "Request" text COLLATE "C" NOT NULL,
    "State" integer NOT NULL,
    "CreatedAt" bigint NOT NULL,
    "FinishedAt" bigint,
    "Problem" text COLLATE "C",
    "ProjectId" text COLLATE "C" NOT NULL,
    "Author" text COLLATE "C" NOT NULL,
    CONSTRAINT "PK_backfills" PRIMARY KEY ("Id")
);

CREATE TABLE gathered_starts (
    "RunId" text COLLATE "C" NOT NULL,
    "DefinitionId" text COLLATE "C" NOT NULL,
    "Window" text COLLATE "C" NOT NULL,
    "FirstAt" bigint NOT NULL,
    "DueAt" bigint NOT NULL,
    "Requests" integer NOT NULL,
    "Request" text COLLATE "C" NOT NULL,
    "All" text COLLATE "C",
    "ClaimedAt" bigint,
    "ProjectId" text COLLATE "C" NOT NULL,
    "Author" text COLLATE "C" NOT NULL,
    CONSTRAINT "PK_gathered_starts" PRIMARY KEY ("RunId")
);

CREATE INDEX "IX_backfill_cells_BackfillId_Partition_Variant" ON backfill_cells ("BackfillId", "Partition", "Variant");

CREATE INDEX "IX_backfill_cells_BackfillId_State_Number" ON backfill_cells ("BackfillId", "State", "Number");

CREATE INDEX "IX_backfill_cells_RunId" ON backfill_cells ("RunId");

CREATE INDEX "IX_backfills_State" ON backfills ("State");

CREATE INDEX "IX_gathered_starts_DueAt" ON gathered_starts ("DueAt");

CREATE INDEX "IX_gathered_starts_ProjectId_DefinitionId_Window" ON gathered_starts ("ProjectId", "DefinitionId", "Window");

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261124223816_Backfills', '10.0.15');

ALTER TABLE runs ADD "CorrelationId" text COLLATE "C";

ALTER TABLE runs ADD "ParentRunId" text COLLATE "C";

CREATE INDEX "IX_runs_CorrelationId" ON runs ("CorrelationId");

CREATE INDEX "IX_runs_ParentRunId" ON runs ("ParentRunId");

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261124225815_RunFamilies', '10.0.15');

DROP INDEX "IX_runs_DefinitionId";

CREATE TABLE run_pins (
    "RunId" text COLLATE "C" NOT NULL,
    "At" bigint NOT NULL,
    "ProjectId" text COLLATE "C" NOT NULL,
    "Author" text COLLATE "C" NOT NULL,
    CONSTRAINT "PK_run_pins" PRIMARY KEY ("RunId")
);

CREATE INDEX "IX_runs_DefinitionId_Id" ON runs ("DefinitionId", "Id");

CREATE INDEX "IX_runs_Status_FinishedAt" ON runs ("Status", "FinishedAt");

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261124230924_Retention', '10.0.15');

ALTER TABLE runners ADD "Home" text COLLATE "C" NOT NULL DEFAULT '';

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261127135830_RunnerHomes', '10.0.15');

ALTER TABLE flow_versions ADD "VersionId" text COLLATE "C" NOT NULL DEFAULT '';

UPDATE flow_versions SET "VersionId" = coalesce("Json"::json ->> 'id', '');

CREATE INDEX "IX_flow_versions_VersionId" ON flow_versions ("VersionId");

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261127140141_FlowVersionIds', '10.0.15');

ALTER TABLE step_jobs ADD "Losses" integer NOT NULL DEFAULT 0;

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261127140210_Losses', '10.0.15');

CREATE TABLE trigger_fires (
    "DefinitionId" text COLLATE "C" NOT NULL,
    "ActivityId" text COLLATE "C" NOT NULL,
    "Key" text COLLATE "C" NOT NULL,
    "RunId" text COLLATE "C" NOT NULL,
    "At" bigint NOT NULL,
    "FiredAt" bigint NOT NULL,
    "State" integer NOT NULL,
    "Request" text COLLATE "C" NOT NULL,
    "Kind" text COLLATE "C" NOT NULL,
    "Depth" integer NOT NULL,
    "Error" text COLLATE "C",
    "ProjectId" text COLLATE "C" NOT NULL,
    "Author" text COLLATE "C" NOT NULL,
    CONSTRAINT "PK_trigger_fires" PRIMARY KEY ("DefinitionId", "ActivityId", "Key")
);

CREATE TABLE trigger_states (
    "DefinitionId" text COLLATE "C" NOT NULL,
    "ActivityId" text COLLATE "C" NOT NULL,
    "ActivityType" text COLLATE "C" NOT NULL,
    "Version" integer NOT NULL,
    "IsOn" boolean NOT NULL,
    "Settings" text COLLATE "C" NOT NULL,
    "Since" bigint NOT NULL,
    "Revision" bigint NOT NULL,
    "NextAt" bigint,
    "Cursor" text COLLATE "C",
    "WatcherId" text COLLATE "C",
    "LastFiredAt" bigint,
    "LastAt" bigint,
    "LastRunId" text COLLATE "C",
    "Fires" bigint NOT NULL,
    "Error" text COLLATE "C",
    "ErrorAt" bigint,
    "ProjectId" text COLLATE "C" NOT NULL,
    "Author" text COLLATE "C" NOT NULL,
    CONSTRAINT "PK_trigger_states" PRIMARY KEY ("DefinitionId", "ActivityId")
);

CREATE TABLE webhooks (
    "DefinitionId" text COLLATE "C" NOT NULL,
    "ActivityId" text COLLATE "C" NOT NULL,
    "TokenHash" text COLLATE "C" NOT NULL,
    "CreatedAt" bigint NOT NULL,
    "ProjectId" text COLLATE "C" NOT NULL,
    "Author" text COLLATE "C" NOT NULL,
    CONSTRAINT "PK_webhooks" PRIMARY KEY ("DefinitionId", "ActivityId")
);

CREATE INDEX "IX_trigger_fires_DefinitionId_ActivityId_State_At" ON trigger_fires ("DefinitionId", "ActivityId", "State", "At");

CREATE INDEX "IX_trigger_fires_RunId" ON trigger_fires ("RunId");

CREATE INDEX "IX_trigger_fires_State_FiredAt" ON trigger_fires ("State", "FiredAt");

CREATE INDEX "IX_trigger_states_IsOn_NextAt" ON trigger_states ("IsOn", "NextAt");

CREATE UNIQUE INDEX "IX_webhooks_TokenHash" ON webhooks ("TokenHash");

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261127182724_Triggers', '10.0.15');

CREATE TABLE audit (
    "Seq" bigint NOT NULL,
    "At" bigint NOT NULL,
    "Action" text COLLATE "C" NOT NULL,
    "Kind" text COLLATE "C" NOT NULL,
    "Thing" text COLLATE "C" NOT NULL,
    "Address" text COLLATE "C" NOT NULL,
    "Status" integer NOT NULL,
    "Details" text COLLATE "C" NOT NULL,
    "Previous" text COLLATE "C" NOT NULL,
    "Hash" text COLLATE "C" NOT NULL,
    "Seal" text COLLATE "C" NOT NULL,
    "ProjectId" text COLLATE "C" NOT NULL,
    "Author" text COLLATE "C" NOT NULL,
    CONSTRAINT "PK_audit" PRIMARY KEY ("Seq")
);

CREATE TABLE audit_stubs (
    "Seq" bigint NOT NULL,
    "Hash" text COLLATE "C" NOT NULL,
    "At" bigint NOT NULL,
    "Seal" text COLLATE "C" NOT NULL,
    "ProjectId" text COLLATE "C" NOT NULL,
    "Author" text COLLATE "C" NOT NULL,
    CONSTRAINT "PK_audit_stubs" PRIMARY KEY ("Seq")
);

CREATE TABLE data_protection_keys (
    "Id" text COLLATE "C" NOT NULL,
    "Xml" text COLLATE "C" NOT NULL,
    "ProjectId" text COLLATE "C" NOT NULL,
    "Author" text COLLATE "C" NOT NULL,
    CONSTRAINT "PK_data_protection_keys" PRIMARY KEY ("Id")
);

CREATE TABLE secrets (
    "ProjectId" text COLLATE "C" NOT NULL,
    "Name" text COLLATE "C" NOT NULL,
    "Sealed" text COLLATE "C" NOT NULL,
    "CreatedAt" bigint NOT NULL,
    "ChangedAt" bigint NOT NULL,
    "UsedAt" bigint,
    "Author" text COLLATE "C" NOT NULL,
    CONSTRAINT "PK_secrets" PRIMARY KEY ("ProjectId", "Name")
);

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261127183022_SecretsAndAudit', '10.0.15');

CREATE TABLE artifact_records (
    "ProjectId" text COLLATE "C" NOT NULL,
    "Sha256" text COLLATE "C" NOT NULL,
    "Author" text COLLATE "C" NOT NULL,
    CONSTRAINT "PK_artifact_records" PRIMARY KEY ("Sha256", "ProjectId")
);

CREATE TABLE members (
    "ProjectId" text COLLATE "C" NOT NULL,
    "Kind" integer NOT NULL,
    "Member" text COLLATE "C" NOT NULL,
    "Role" integer NOT NULL,
    "Author" text COLLATE "C" NOT NULL,
    CONSTRAINT "PK_members" PRIMARY KEY ("ProjectId", "Kind", "Member")
);

CREATE TABLE people (
    "Id" text COLLATE "C" NOT NULL,
    "Name" text COLLATE "C" NOT NULL,
    "NormalizedName" text COLLATE "C" NOT NULL,
    "IsAdministrator" boolean NOT NULL,
    "PasswordHash" text COLLATE "C",
    "SecurityStamp" text COLLATE "C" NOT NULL,
    "FailedSignIns" integer NOT NULL,
    "LockedUntil" bigint,
    "AuthenticatorKey" text COLLATE "C",
    "UsesAuthenticator" boolean NOT NULL,
    "Subject" text COLLATE "C",
    "Groups" text[] NOT NULL,
    "CreatedAt" bigint NOT NULL,
    "ClosedAt" bigint,
    "ProjectId" text COLLATE "C" NOT NULL,
    "Author" text COLLATE "C" NOT NULL,
    CONSTRAINT "PK_people" PRIMARY KEY ("Id")
);

CREATE TABLE projects (
    "Id" text COLLATE "C" NOT NULL,
    "Name" text COLLATE "C" NOT NULL,
    "ProjectId" text COLLATE "C" NOT NULL,
    "Author" text COLLATE "C" NOT NULL,
    CONSTRAINT "PK_projects" PRIMARY KEY ("Id")
);

CREATE TABLE tokens (
    "Id" text COLLATE "C" NOT NULL,
    "Name" text COLLATE "C" NOT NULL,
    "Digest" text COLLATE "C" NOT NULL,
    "PersonId" text COLLATE "C",
    "Role" integer NOT NULL,
    "CreatedAt" bigint NOT NULL,
    "ExpiresAt" bigint NOT NULL,
    "UsedAt" bigint,
    "ProjectId" text COLLATE "C" NOT NULL,
    "Author" text COLLATE "C" NOT NULL,
    CONSTRAINT "PK_tokens" PRIMARY KEY ("Id")
);

INSERT INTO projects ("Id", "Author", "Name", "ProjectId")
VALUES ('default', 'local', 'Default', 'default');

CREATE INDEX "IX_members_Kind_Member" ON members ("Kind", "Member");

CREATE UNIQUE INDEX "IX_people_NormalizedName" ON people ("NormalizedName");

CREATE UNIQUE INDEX "IX_people_Subject" ON people ("Subject");

CREATE UNIQUE INDEX "IX_tokens_Digest" ON tokens ("Digest");

CREATE INDEX "IX_tokens_PersonId" ON tokens ("PersonId");

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261127183623_Access', '10.0.15');

CREATE TABLE data_set_versions (
    "ProjectId" text COLLATE "C" NOT NULL,
    "Name" text COLLATE "C" NOT NULL,
    "Version" integer NOT NULL,
    "RunId" text COLLATE "C",
    "StepId" text COLLATE "C",
    "Description" text COLLATE "C" NOT NULL,
    "Sha256" text COLLATE "C" NOT NULL,
    "Artifact" text COLLATE "C" NOT NULL,
    "CreatedAt" bigint NOT NULL,
    "Author" text COLLATE "C" NOT NULL,
    CONSTRAINT "PK_data_set_versions" PRIMARY KEY ("ProjectId", "Name", "Version")
);

CREATE INDEX "IX_data_set_versions_RunId_StepId" ON data_set_versions ("RunId", "StepId");

CREATE INDEX "IX_data_set_versions_Sha256" ON data_set_versions ("Sha256");

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261127213523_AddDataSets', '10.0.15');

ALTER TABLE people ADD "CodeStep" bigint NOT NULL DEFAULT 0;

ALTER TABLE people ADD "LockedAt" bigint;

ALTER TABLE people ADD "SignedInAt" bigint;

CREATE TABLE recovery_codes (
    "PersonId" text COLLATE "C" NOT NULL,
    "Digest" text COLLATE "C" NOT NULL,
    "ProjectId" text COLLATE "C" NOT NULL,
    "Author" text COLLATE "C" NOT NULL,
    CONSTRAINT "PK_recovery_codes" PRIMARY KEY ("PersonId", "Digest")
);

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261127213543_SignInsAndRecoveryCodes', '10.0.15');

CREATE TABLE attempt_artifacts (
    "Sha256" text COLLATE "C" NOT NULL,
    "RunId" text COLLATE "C" NOT NULL,
    "StepId" text COLLATE "C" NOT NULL,
    "Attempt" integer NOT NULL,
    "Use" integer NOT NULL,
    "Name" text COLLATE "C" NOT NULL,
    "ProjectId" text COLLATE "C" NOT NULL,
    "Author" text COLLATE "C" NOT NULL,
    CONSTRAINT "PK_attempt_artifacts" PRIMARY KEY ("Sha256", "RunId", "StepId", "Attempt", "Use", "Name")
);

CREATE TABLE attempt_records (
    "RunId" text COLLATE "C" NOT NULL,
    "StepId" text COLLATE "C" NOT NULL,
    "Attempt" integer NOT NULL,
    "ActivityId" text COLLATE "C" NOT NULL,
    "Record" text COLLATE "C" NOT NULL,
    "At" bigint NOT NULL,
    "ProjectId" text COLLATE "C" NOT NULL,
    "Author" text COLLATE "C" NOT NULL,
    CONSTRAINT "PK_attempt_records" PRIMARY KEY ("RunId", "StepId", "Attempt")
);

CREATE TABLE run_verdicts (
    "RunId" text COLLATE "C" NOT NULL,
    "ReproductionId" text COLLATE "C" NOT NULL,
    "Verdict" text COLLATE "C" NOT NULL,
    "At" bigint NOT NULL,
    "ProjectId" text COLLATE "C" NOT NULL,
    "Author" text COLLATE "C" NOT NULL,
    CONSTRAINT "PK_run_verdicts" PRIMARY KEY ("RunId", "ReproductionId")
);

CREATE INDEX "IX_attempt_artifacts_RunId" ON attempt_artifacts ("RunId");

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261128013224_AttemptRecords', '10.0.15');

CREATE TABLE data_set_aliases (
    "ProjectId" text COLLATE "C" NOT NULL,
    "Name" text COLLATE "C" NOT NULL,
    "Alias" text COLLATE "C" NOT NULL,
    "Version" integer NOT NULL,
    "Author" text COLLATE "C" NOT NULL,
    CONSTRAINT "PK_data_set_aliases" PRIMARY KEY ("ProjectId", "Name", "Alias")
);

CREATE TABLE data_set_retention (
    "ProjectId" text COLLATE "C" NOT NULL,
    "Name" text COLLATE "C" NOT NULL,
    "KeepVersions" integer NOT NULL,
    "KeepDays" integer NOT NULL,
    "Author" text COLLATE "C" NOT NULL,
    CONSTRAINT "PK_data_set_retention" PRIMARY KEY ("ProjectId", "Name")
);

CREATE TABLE deployment_periods (
    "ProjectId" text COLLATE "C" NOT NULL,
    "Name" text COLLATE "C" NOT NULL,
    "From" bigint NOT NULL,
    "Until" bigint,
    "Model" text COLLATE "C" NOT NULL,
    "Version" integer NOT NULL,
    "RunId" text COLLATE "C",
    "Author" text COLLATE "C" NOT NULL,
    CONSTRAINT "PK_deployment_periods" PRIMARY KEY ("ProjectId", "Name", "From")
);

CREATE TABLE lineage_events (
    "Seq" bigint GENERATED BY DEFAULT AS IDENTITY,
    "Digest" text COLLATE "C" NOT NULL,
    "Type" text COLLATE "C" NOT NULL,
    "RunId" text COLLATE "C" NOT NULL,
    "Job" text COLLATE "C" NOT NULL,
    "At" bigint NOT NULL,
    "ReceivedAt" bigint NOT NULL,
    "Json" text COLLATE "C" NOT NULL,
    "ProjectId" text COLLATE "C" NOT NULL,
    "Author" text COLLATE "C" NOT NULL,
    CONSTRAINT "PK_lineage_events" PRIMARY KEY ("Seq")
);

CREATE TABLE lineage_outbox (
    "RunId" text COLLATE "C" NOT NULL,
    "Attempts" integer NOT NULL,
    "DueAt" bigint NOT NULL,
    "Problem" text COLLATE "C",
    "ProjectId" text COLLATE "C" NOT NULL,
    "Author" text COLLATE "C" NOT NULL,
    CONSTRAINT "PK_lineage_outbox" PRIMARY KEY ("RunId")
);

CREATE TABLE predictions (
    "Seq" bigint GENERATED BY DEFAULT AS IDENTITY,
    "Id" text COLLATE "C",
    "Deployment" text COLLATE "C" NOT NULL,
    "Model" text COLLATE "C" NOT NULL,
    "Version" integer NOT NULL,
    "Route" text COLLATE "C" NOT NULL,
    "Status" integer NOT NULL,
    "At" bigint NOT NULL,
    "Milliseconds" double precision NOT NULL,
    "ProjectId" text COLLATE "C" NOT NULL,
    "Author" text COLLATE "C" NOT NULL,
    CONSTRAINT "PK_predictions" PRIMARY KEY ("Seq")
);

CREATE TABLE quarantines (
    "ProjectId" text COLLATE "C" NOT NULL,
    "Kind" text COLLATE "C" NOT NULL,
    "ThingId" text COLLATE "C" NOT NULL,
    "Cause" text COLLATE "C" NOT NULL,
    "Reason" text COLLATE "C" NOT NULL,
    "At" bigint NOT NULL,
    "Author" text COLLATE "C" NOT NULL,
    CONSTRAINT "PK_quarantines" PRIMARY KEY ("ProjectId", "Kind", "ThingId", "Cause")
);

CREATE TABLE signing_keys (
    "Use" text COLLATE "C" NOT NULL,
    "KeyId" text COLLATE "C" NOT NULL,
    "Public" text COLLATE "C" NOT NULL,
    "Sealed" text COLLATE "C" NOT NULL,
    "CreatedAt" bigint NOT NULL,
    "ProjectId" text COLLATE "C" NOT NULL,
    "Author" text COLLATE "C" NOT NULL,
    CONSTRAINT "PK_signing_keys" PRIMARY KEY ("Use")
);

CREATE INDEX "IX_deployment_periods_Model_Version" ON deployment_periods ("Model", "Version");

CREATE INDEX "IX_lineage_events_Job" ON lineage_events ("Job");

CREATE UNIQUE INDEX "IX_lineage_events_ProjectId_Digest" ON lineage_events ("ProjectId", "Digest");

CREATE INDEX "IX_lineage_outbox_DueAt" ON lineage_outbox ("DueAt");

CREATE INDEX "IX_predictions_At" ON predictions ("At");

CREATE INDEX "IX_predictions_Deployment_At" ON predictions ("Deployment", "At");

CREATE INDEX "IX_predictions_Id" ON predictions ("Id");

CREATE INDEX "IX_quarantines_Cause" ON quarantines ("Cause");

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261128020747_Provenance', '10.0.15');

ALTER TABLE flows ADD "LibraryId" text COLLATE "C";

ALTER TABLE flows ADD "LibraryVersion" integer;

CREATE TABLE library_flows (
    "Id" text COLLATE "C" NOT NULL,
    "SourceId" text COLLATE "C" NOT NULL,
    "Name" text COLLATE "C" NOT NULL,
    "Description" text COLLATE "C" NOT NULL,
    "Tags" text COLLATE "C" NOT NULL,
    "IsComponent" boolean NOT NULL,
    "Category" text COLLATE "C" NOT NULL,
    "LatestVersion" integer NOT NULL,
    "UpdatedAt" bigint NOT NULL,
    "ProjectId" text COLLATE "C" NOT NULL,
    "Author" text COLLATE "C" NOT NULL,
    CONSTRAINT "PK_library_flows" PRIMARY KEY ("Id")
);

CREATE TABLE library_versions (
    "Id" text COLLATE "C" NOT NULL,
    "Version" integer NOT NULL,
    "Notes" text COLLATE "C" NOT NULL,
    "Json" text COLLATE "C" NOT NULL,
    "Files" text COLLATE "C" NOT NULL,
    "Nodes" integer NOT NULL,
    "At" bigint NOT NULL,
    "ProjectId" text COLLATE "C" NOT NULL,
    "Author" text COLLATE "C" NOT NULL,
    CONSTRAINT "PK_library_versions" PRIMARY KEY ("Id", "Version")
);

CREATE INDEX "IX_flows_LibraryId" ON flows ("LibraryId");

CREATE UNIQUE INDEX "IX_library_flows_SourceId" ON library_flows ("SourceId");

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261128055523_FlowLibrary', '10.0.15');

ALTER TABLE "Deployments" ADD "Environment" text COLLATE "C" NOT NULL DEFAULT 'production';

CREATE TABLE environments (
    "Name" text COLLATE "C" NOT NULL,
    "ProjectId" text COLLATE "C" NOT NULL,
    "Role" integer NOT NULL,
    "People" text[] NOT NULL,
    "Author" text COLLATE "C" NOT NULL,
    CONSTRAINT "PK_environments" PRIMARY KEY ("ProjectId", "Name")
);

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261128061000_Environments', '10.0.15');

ALTER TABLE lineage_outbox ADD "IsBegun" boolean NOT NULL DEFAULT FALSE;

CREATE TABLE lineage_uses (
    "ProjectId" text COLLATE "C" NOT NULL,
    "Data" text COLLATE "C" NOT NULL,
    "Run" text COLLATE "C" NOT NULL,
    "IsOutput" boolean NOT NULL,
    "Version" text COLLATE "C",
    "At" bigint NOT NULL,
    "Author" text COLLATE "C" NOT NULL,
    CONSTRAINT "PK_lineage_uses" PRIMARY KEY ("ProjectId", "Data", "Run", "IsOutput")
);

CREATE INDEX "IX_lineage_events_RunId" ON lineage_events ("RunId");

CREATE INDEX "IX_lineage_uses_Run" ON lineage_uses ("Run");

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261128063004_OutsideLineage', '10.0.15');

