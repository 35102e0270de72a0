using Flows.Library.Data; using Flows.Library.Training; using Flows.Contract.Definitions;
namespace Flows.Tests.Library;
public sealed class Scratch {
 [Fact] public async Task Rider() { using var step=new Step();
  var f=FlowFile.ReadOne(File.ReadAllText(LibraryFlows.Folder+"/ridership/flow.json"));
  string S(string id)=>f.Find(id)!.Input("sql")!.Value!.GetValue<string>();
  var raw=(await step.RunAsync(new FileSource{Path=LibraryFlows.Folder+"/ridership/chicago_ridership.csv.gz"})).Table!;
  var days=(await step.RunAsync(new SqlTransform{Table=raw,Sql=S("features")})).Result!;
  foreach(var (from,to) in new[]{(2011,2014)}) {
  var past=(await step.RunAsync(new SqlTransform{Table=days,Sql=$"select * from input where date < date '{from}-01-01'"})).Result!;
  var fut=(await step.RunAsync(new SqlTransform{Table=days,Sql=$"select * from input where date >= date '{from}-01-01' and date < date '{to}-01-01'"})).Result!;
  foreach(var (tr,n,l,lr) in new[]{(Trainer.Linear,1,2,.1)}) {
  var m=await step.RunAsync(new TrainModel{Rows=past,Label="ridership",Task=TrainingTask.Regression,Trainer=tr,Trees=n,Leaves=l,LearningRate=lr});
  var e=await step.RunAsync(new EvaluateModel{Model=m.Model!,Rows=fut});
  var c=await step.RunAsync(new SqlTransform{Table=e.Predictions,Sql=S("compare")});
  Console.WriteLine($"{from}-{to} {tr} {n} {l} {lr} {e.Metrics!.Facts!.ToJsonString()} {string.Join(" ",step.Rows(c.Result!).Select(r=>r.ToJsonString()))}"); } } } }
