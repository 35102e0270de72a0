import flows
import pandas as pd
from sklearn.svm import SVC

C = flows.param("C", 10.0)

rows = pd.read_csv(flows.input("rows"))
pixels = [column for column in rows.columns if column != "digit"]
print(f"{len(rows)} pictures of {len(pixels)} pixels, C = {C}")

svc = SVC(C=C, gamma="scale", probability=True, random_state=1)
svc.fit(rows[pixels].to_numpy(), rows["digit"].to_numpy())

flows.metric("trainAccuracy", svc.score(rows[pixels].to_numpy(), rows["digit"].to_numpy()))
flows.metric("supportVectors", len(svc.support_))
flows.model("model", svc, label="digit", features=pixels, example=rows.iloc[0])
