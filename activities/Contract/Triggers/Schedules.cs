namespace Flows.Contract.Triggers;

/// <summary>Triggers that fire by the clock.</summary>
public static class Schedules
{
    public const string Timer = "Elsa.Timer";

    public const string Cron = "Elsa.Cron";

    public const string Moment = "Elsa.StartAt";

    public const string Own = "Flows.Schedule";

    public static bool Has(string activityType) => activityType is Timer or Cron or Moment or Own;
}
