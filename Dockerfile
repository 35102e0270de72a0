FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /src
COPY . .
RUN dotnet build orchestrator/Hub -c Release -v q -clp:ErrorsOnly

# Built in place: the hub finds its model server and its library beside its sources.
FROM mcr.microsoft.com/dotnet/aspnet:10.0
RUN apt-get update && apt-get install -y --no-install-recommends libgomp1 python3-sklearn python3-pandas && rm -rf /var/lib/apt/lists/*
COPY --from=build /src /src
ENTRYPOINT ["dotnet", "/src/orchestrator/Hub/bin/Release/net10.0/linux-x64/flows.dll"]
